"""What JSON cannot say: where the package, and with it the page template, is installed."""

from pathlib import Path

c = get_config()  # noqa: F821
c.TemplateExporter.extra_template_basedirs = [str(Path(__file__).resolve().parent.parent / "templates")]
c.HTMLExporter.template_name = "course"
c.HTMLExporter.exclude_anchor_links = True
c.HTMLExporter.embed_images = True
