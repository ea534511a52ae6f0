"""A problem tree as it is read: nested lists, what the leaves leave out, what is missing, an outline in plain text."""

from researchskills._html import escape
from researchskills.questions.tree import Node, Tree, kind_name, left_out, left_out_by, remarks


def outline_html(tree: Tree, chosen: str = "") -> str:
    """The tree as nested lists; each leaf with its kind and what it leaves out."""
    def items(identifier: str) -> str:
        listed = "".join(f'<li style="margin:.4em 0">{one(node)}{items(node.id)}</li>'
                         for node in tree.children(identifier))
        # Without bullets: the numbers say where one is. The role keeps it a list for a screen reader.
        return f'<ul role="list" style="list-style:none">{listed}</ul>' if listed else ""

    def one(node: Node) -> str:
        told = f"{tree.number(node.id)} {escape(node.text)}"
        if tree.is_leaf(node.id):
            told += (f"<br><em>Kind of question:</em> {escape(kind_name(node))}"
                     f"<br><em>Leaves out:</em> {escape(left_out_by(node))}")
            if node.id == chosen:
                told += "<br><strong>I go on with this one.</strong>"
        return told

    return f"<p><strong>The whole:</strong> {escape(tree.whole.text)}</p>{items(tree.whole.id)}"


def left_out_html(tree: Tree) -> str:
    """What the leaves leave out together, as a list."""
    listed = "".join(f"<li>{escape(words)} ({escape(numbers)})</li>" for words, numbers in left_out(tree))
    return ("<p><strong>What the leaves leave out together:</strong>"
            f"{'</p><ul>' + listed + '</ul>' if listed else ' nothing said yet</p>'}")


def remarks_html(tree: Tree) -> str:
    """What the rules saw, and what they cannot see."""
    found = remarks(tree)
    listed = "".join(f"<li>{escape(one.words)}</li>" for one in found)
    told = f"<ul>{listed}</ul>" if found else "<p>Everything that was asked for is there.</p>"
    return (f"<p><strong>What is still missing</strong></p>{told}<p>Rules see only what is there and what is not. "
            "Whether the parts are the right ones, you and your partner decide.</p>")


def as_text(tree: Tree, chosen: str = "", never_forget: str = "") -> str:
    """The tree as an outline in plain text, for an e-mail or a handout."""
    lines = [tree.whole.text, ""]
    for node in tree.nodes[1:]:
        indent = "  " * (tree.level(node.id) - 2)
        lines.append(f"{indent}{tree.number(node.id)} {node.text}")
        inner = f"{indent}    "
        if tree.is_leaf(node.id):
            lines.append(f"{inner}Kind of question: {kind_name(node)}")
            lines.append(f"{inner}Leaves out: {left_out_by(node)}")
        if node.id == chosen and tree.is_leaf(node.id):
            lines.append(f"{inner}I go on with this one.")
    lines += ["", "What the leaves leave out together:"]
    lines += [f"- {words} ({numbers})" for words, numbers in left_out(tree)] or ["- nothing said yet"]
    lines += ["", f"Never to be forgotten: {never_forget or 'not said yet'}"]
    return "\n".join(lines) + "\n"
