// Copy buttons. Each <span data-copy="ID" data-copy-what="WORDS"> becomes a button that copies the value
// or the text of element ID. Without this script the spans stay empty and the text can be selected by hand.
(() => {
  "use strict";

  const slots = document.querySelectorAll("[data-copy]");
  if (slots.length === 0) return;

  const hidden = (tag, text) => {
    const element = document.createElement(tag);
    element.className = "visually-hidden";
    element.textContent = text;
    return element;
  };

  // A live region is only announced if it is there before its text changes.
  const status = hidden("p", "");
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);

  const select = (source) => {
    if (source instanceof HTMLInputElement) {
      source.focus();
      source.select();
    } else {
      window.getSelection().selectAllChildren(source);
    }
  };

  // Browsers offer the clipboard on https and localhost only, and may refuse it even there.
  const copy = async (source) => {
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      return true;
    } catch {
      select(source);
      return false;
    }
  };

  for (const slot of slots) {
    const source = document.getElementById(slot.dataset.copy);
    if (!source) continue;
    const what = slot.dataset.copyWhat;

    const word = document.createElement("span");
    word.textContent = "Copy";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-copy";
    button.append(word, hidden("span", ` ${what}`));

    let timer;
    button.addEventListener("click", async () => {
      const copied = await copy(source);
      word.textContent = copied ? "Copied" : "Selected";
      status.textContent = copied ? `Copied ${what}` : `Selected ${what}. Copy it with the keyboard.`;
      clearTimeout(timer);
      timer = setTimeout(() => {
        word.textContent = "Copy";
        status.textContent = "";
      }, 2500);
    });

    if (source instanceof HTMLInputElement) source.addEventListener("focus", () => source.select());
    slot.replaceWith(button);
  }
})();

// The link <a data-close> becomes a button that closes the window. A browser may refuse to close a
// window that no script opened; then the link is followed as it stands.
for (const link of document.querySelectorAll("[data-close]")) {
  const href = link.href;
  link.textContent = "Close this window";
  link.addEventListener("click", (event) => {
    event.preventDefault();
    window.close();
    setTimeout(() => window.location.assign(href), 300);
  });
}

// <input data-find="ID"> filters the elements with data-words inside element ID while a person types.
// Without this script its form asks the gateway. A part of the page that is replaced is filtered again.
for (const input of document.querySelectorAll("[data-find]")) {
  const place = document.getElementById(input.dataset.find);
  const filter = () => {
    const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const each of place.querySelectorAll("[data-words]")) {
      const words = each.dataset.words.toLowerCase();
      each.hidden = !wanted.every((word) => words.includes(word));
    }
    for (const group of place.querySelectorAll("section")) {
      const found = [...group.querySelectorAll("[data-words]")];
      group.hidden = found.length > 0 && found.every((each) => each.hidden);
    }
  };
  // A page that holds the answer to a search holds no other element to find.
  if (input.defaultValue === "") {
    input.addEventListener("input", filter);
    new MutationObserver(filter).observe(place, { childList: true });
  }
}
