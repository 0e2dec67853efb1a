// What is too small to be read at two metres, hangs out of the screen, overlaps, or is too pale.
() => {
    const wrong = [];
    const size = (q) => parseFloat(getComputedStyle(document.querySelector(q)).fontSize);
    if (size("#decision") < 40) wrong.push(`decision ${size("#decision")} px`);
    if (size("#plate") < 64) wrong.push(`plate ${size("#plate")} px`);
    if (size("#reasons li") < 15.9) wrong.push(`reasons ${size("#reasons li")} px`);
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) wrong.push(`wide: ${root.scrollWidth}`);
    if (root.scrollHeight > innerHeight + 1) wrong.push(`high: ${root.scrollHeight}`);
    const parts = ["#frame", ".picture-tools", "#crops", "#decision", ".plate-place",
        "#decision-line", "#reasons", "#buttons", ".facts", ".below", ".bar"]
        .map((q) => [q, document.querySelector(q).getBoundingClientRect()]);
    for (const [a, x] of parts) for (const [b, y] of parts) {
        if (a < b && x.left < y.right - 1 && y.left < x.right - 1
            && x.top < y.bottom - 1 && y.top < x.bottom - 1) wrong.push(`${a} over ${b}`);
    }
    const light = (c) => { const [r, g, b] = c.match(/[0-9.]+/g).slice(0, 3).map((v) => {
        const s = v / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const ratio = (q) => { const s = getComputedStyle(document.querySelector(q));
        let back = document.querySelector(q);
        while (getComputedStyle(back).backgroundColor === "rgba(0, 0, 0, 0)") back = back.parentElement;
        const [a, b] = [light(s.color), light(getComputedStyle(back).backgroundColor)].sort((p, q) => q - p);
        return (a + 0.05) / (b + 0.05); };
    for (const theme of ["dark", "light"]) { root.dataset.theme = theme;
        for (const q of ["#decision-word", "#plate"])
            if (ratio(q) < 7) wrong.push(`${theme} ${q} contrast ${ratio(q).toFixed(1)}`); }
    return wrong;
}
