from django.http import HttpRequest


def searched_words(request: HttpRequest) -> str:
    """What a list's search field holds: cut short, and without NUL, at which PostgreSQL fails."""
    return request.GET.get("q", "").strip()[:80].replace("\0", "")
