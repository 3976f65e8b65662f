"""The publication's logo, made fit for its place in the masthead."""

from __future__ import annotations

from mailer import config
from mailer.composer.frame import Logo
from mailer.composer.html.theme import Theme
from mailer.composer.report import Report
from mailer.intake.imaging.fault import PictureFault
from mailer.intake.pictures import Shelf
from mailer.model.content import Picture, Width
from mailer.model.finding import Finding
from mailer.records import Records


def logo_of(app: Records, theme: Theme) -> tuple[Logo | None, tuple[Finding, ...]]:
    """None where there is none, or where it cannot be used, which is a finding about
    mailer.toml."""
    look, settings = app.config.look, app.folder / config.FILE
    if not look.logo:
        return None, ()
    width = Width(look.logo_width, "px") if look.logo_width else None
    picture = Picture(look.logo, look.logo_alt or app.config.publication.name, "", 0, width)
    shelf = Shelf(settings, app.folder, theme.settings.widths["logo"])
    try:
        return Logo(picture, shelf.read([picture])), ()
    except PictureFault as error:
        report, fault = Report(str(settings)), error.fault
        report.add("picture-missing", 0, f"look.logo: {look.logo} {fault.message}", fault.mend)
        return None, report.findings()
