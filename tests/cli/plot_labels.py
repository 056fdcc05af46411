"""plot_labels.py - the labels of a picture: which lie on one another or beyond the edge."""
import re

NS = "{http://www.w3.org/2000/svg}"


def label_faults(root):
    """What is wrong, in words. A character is taken as 0.55 of its size."""
    width, height = float(root.get("width")), float(root.get("height"))
    style = "".join("".join(element.itertext()) for element in root.iter(NS + "style"))
    sizes = dict(re.findall(r"\.(\w+)\{font-size:([0-9.]+)px", style))
    boxes, faults = [], []
    for text in root.iter(NS + "text"):
        size = float(sizes[text.get("class")])
        wide = 0.55 * size * len(text.text or "")
        x = float(text.get("x")) - {"start": 0, "middle": wide / 2, "end": wide}[text.get("text-anchor")]
        boxes.append((x, float(text.get("y")) - 0.75 * size, x + wide, float(text.get("y")), text.text))
    for i, a in enumerate(boxes):
        if a[0] < 0 or a[1] < 0 or a[2] > width or a[3] > height:
            faults.append(f"beyond the edge: {a[4]}")
        for b in boxes[i + 1:]:
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
                faults.append(f"on one another: {a[4]} / {b[4]}")
    return faults
