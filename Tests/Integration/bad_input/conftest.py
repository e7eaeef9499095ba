import pytest


@pytest.fixture
def bystander(start_pooler):
    """Checks at the end of a test that a client connected throughout noticed nothing; new ones are served too."""
    checks = []

    def watch(pooler):
        client = pooler.login(user="carol")
        checks.append((pooler, client, client.backend()))
        return client
    yield watch
    for pooler, client, backend in checks:
        assert client.value("select 'still here'") == "still here"
        assert client.backend() == backend
        assert pooler.login(user="dave").value("select 'new'") == "new"
