"""My settings: what one hears of by e-mail, how often, or not at all."""

from tests.webui.browser import Browser, Page, words


def chosen(browser: Browser, name: str) -> set[str | None]:
    fields = Page(browser.get("/settings").get_data(as_text=True)).all("input")
    return {field.get("value") for field in fields if field.get("name") == name and "checked" in field}


def test_what_one_hears_of_is_chosen_and_taken_back(editor: Browser, viewer: Browser) -> None:
    assert chosen(editor, "every") == {""}
    form = {"every": "weekly", "about": ["photos", "safety", "nonsense"], "address": "e@waterdam.example"}
    assert "Saved." in words(editor.post("/settings/digest", form, follow=True))
    assert chosen(editor, "every") == {"weekly"}
    assert chosen(editor, "about") == {"photos", "safety"}
    assert chosen(viewer, "every") == {""}
    alone = {"every": "daily", "address": "e@waterdam.example"}
    nothing = editor.post("/settings/digest", alone, follow=True)
    assert "Choose what the e-mail tells of." in words(nothing)
    editor.post("/settings/digest", {"every": ""})
    assert chosen(editor, "every") == {""}
