// Shows problems at the fields they are about.

// problems: [{path, code, severity, text}]; wants(problem): whether it is shown yet.
export function show(form, problems, wants = () => true) {
  const first = new Map();
  for (const problem of problems) {
    if (wants(problem) && !first.has(problem.path)) first.set(problem.path, problem);
  }
  for (const field of form.querySelectorAll(".field[data-path]")) {
    const problem = first.get(field.dataset.path);
    const note = field.querySelector(".note");
    const input = field.querySelector("input, select, textarea");
    const wrong = problem?.severity === "error";
    field.classList.toggle("wrong", wrong);
    field.classList.toggle("look", Boolean(problem) && !wrong);
    if (note) {
      note.textContent = problem?.text ?? note.dataset.hint ?? "";
      note.className = `note ${wrong ? "wrong-text" : problem ? "look-text" : "hint"}`;
    }
    if (input && field.tagName !== "FIELDSET") {
      if (wrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    if (problem) field.closest("details")?.setAttribute("open", "");
  }
}

// The field of a path: its input, or the place where the group's problem stands.
export function fieldOf(form, path) {
  return form.querySelector(`.field[data-path="${CSS.escape(path)}"]`);
}

// What a field is called on the page.
export function nameOf(form, path) {
  const field = fieldOf(form, path);
  const label = field?.querySelector("label, legend");
  const line = field?.closest(".line[data-line]");
  const name = label?.firstChild?.textContent.trim() ?? "";
  return line && Number(line.dataset.line) > 0 ? `${name} ${Number(line.dataset.line) + 1}` : name;
}
