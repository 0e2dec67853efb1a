// Lists by keyboard: j and k move, Enter opens, / finds. Buttons that send their form elsewhere.
const links = [...document.querySelectorAll("#rows .row-link")];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("text")?.focus();
  } else if (event.key === "j" || event.key === "k") {
    const at = links.indexOf(document.activeElement);
    links[event.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0)]?.focus();
  }
});

for (const button of document.querySelectorAll("button[data-to]")) {
  button.addEventListener("click", () => { button.form.dataset.send = button.dataset.to; });
}
