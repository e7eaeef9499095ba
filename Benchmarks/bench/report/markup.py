"""HTML and SVG as text."""

import html


def tag(name, *content, **attributes):
    """An element. `class_` gives `class`; `stroke_width` gives `stroke-width`; numbers are rounded to a tenth."""
    shown = "".join(f' {key.rstrip("_").replace("_", "-")}="{plain(value)}"' for key, value in attributes.items()
                    if value is not None)
    return f"<{name}{shown}>{''.join(content)}</{name}>"


def plain(value):
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return html.escape(str(value), quote=True)


def text(value):
    """Escapes text between tags."""
    return html.escape(str(value), quote=False)


def label(words, x, y, **attributes):
    """A text element of a drawing."""
    return tag("text", text(words), x=float(x), y=float(y), **attributes)
