"""Page objects, one file a page: a frozen dataclass that says what the page shows, and the function that builds it."""
