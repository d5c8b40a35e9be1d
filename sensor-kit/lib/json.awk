# Prints the text of the member `want` (awk -v want=NAME) of the JSON object on stdin, RFC 8259, decoded.
# Exit 0: printed. 1: not a well-formed JSON object, or a name comes twice. 2: no such member, or it is not a string.
# Escapes beyond ASCII become "?": nothing that is used here may hold them. An escaped NUL is malformed.
# The whole document is parsed, so a name inside another string or another object is never taken for the one wanted.

{ text = text $0 "\n" }

END {
    position = 1
    skip_space()
    parse_object(0)
    skip_space()
    if (failed || position <= length(text)) exit 1
    if (!found) exit 2
    printf "%s", wanted
}

function peek() { return substr(text, position, 1) }

function fail() { failed = 1; position = length(text) + 1 }

function skip_space(    c) {
    while ((c = peek()) == " " || c == "\t" || c == "\n" || c == "\r") position++
}

function expect(c) {
    if (peek() == c) position++
    else fail()
}

function parse_object(depth,    name, is_string, value) {
    expect("{")
    skip_space()
    if (peek() == "}") { position++; return }
    while (!failed) {
        skip_space()
        name = parse_string()
        if (depth == 0 && (name in seen)) { fail(); return }
        if (depth == 0) seen[name] = 1
        skip_space(); expect(":"); skip_space()
        is_string = (peek() == "\"")
        value = parse_value(depth)
        if (failed) return
        if (depth == 0 && is_string && name == want) { found = 1; wanted = value }
        skip_space()
        if (peek() == "}") { position++; return }
        expect(",")
    }
}

function parse_array(depth) {
    expect("[")
    skip_space()
    if (peek() == "]") { position++; return }
    while (!failed) {
        skip_space()
        parse_value(depth)
        skip_space()
        if (peek() == "]") { position++; return }
        expect(",")
    }
}

function parse_value(depth,    c) {
    if (depth > 16) { fail(); return "" }
    c = peek()
    if (c == "\"") return parse_string()
    if (c == "{") parse_object(depth + 1)
    else if (c == "[") parse_array(depth + 1)
    else parse_word()
    return ""
}

function parse_word(    rest) {
    rest = substr(text, position, 64)
    if (match(rest, /^(true|false|null)/) || match(rest, /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/))
        position += RLENGTH
    else fail()
}

function parse_string(    out, start, c) {
    expect("\"")
    out = ""
    start = position
    while (!failed) {
        c = peek()
        if (c == "" || c < " ") { fail(); return "" }
        if (c == "\"") {
            out = out substr(text, start, position - start)
            position++
            return out
        }
        if (c == "\\") {
            out = out substr(text, start, position - start)
            out = out parse_escape()
            start = position
        } else position++
    }
    return ""
}

function parse_escape(    c, code) {
    c = substr(text, position + 1, 1)
    position += 2
    if (c == "n") return "\n"
    if (c == "r") return "\r"
    if (c == "t") return "\t"
    if (c == "b") return "\b"
    if (c == "f") return "\f"
    if (c == "\"" || c == "\\" || c == "/") return c
    if (c != "u") { fail(); return "" }
    code = hexadecimal(substr(text, position, 4))
    position += 4
    if (code < 1) { fail(); return "" }
    return code < 128 ? sprintf("%c", code) : "?"
}

# The number that four hexadecimal digits mean, or -1.
function hexadecimal(digits,    i, digit, code) {
    if (length(digits) != 4) return -1
    code = 0
    for (i = 1; i <= 4; i++) {
        digit = index("0123456789abcdef", tolower(substr(digits, i, 1)))
        if (digit == 0) return -1
        code = code * 16 + digit - 1
    }
    return code
}
