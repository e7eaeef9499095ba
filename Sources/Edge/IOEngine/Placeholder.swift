enum IOEnginePlaceholder {}
