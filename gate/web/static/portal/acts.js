// Small forms: a button that ends something asks once more before it does.
const PATIENCE_MS = 5000;

for (const button of document.querySelectorAll("button[data-confirm]")) {
  const words = button.textContent;
  let until = 0;
  button.addEventListener("click", (event) => {
    if (Date.now() < until) return;
    event.preventDefault();
    until = Date.now() + PATIENCE_MS;
    button.textContent = button.dataset.confirm;
    setTimeout(() => { button.textContent = words; }, PATIENCE_MS);
  });
}
