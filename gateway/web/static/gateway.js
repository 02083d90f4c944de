// Copy buttons. Each <span data-copy="ID" data-copy-what="WORDS"> becomes a button that copies the
// text of element ID. Without this script the spans stay empty and the text can be selected by hand.
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

  // Browsers offer the clipboard on https and localhost only, and may refuse it even there.
  const copy = async (source) => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      return true;
    } catch {
      window.getSelection().selectAllChildren(source);
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
  // Time to read that it worked. A window that may not be closed stays as it is.
  if (link.dataset.close === "soon") setTimeout(() => window.close(), 1500);
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

// <form data-busy="WORDS">: the button that sends it says what the gateway does, and the form cannot be
// sent twice. Without this script the browser itself shows that it waits.
(() => {
  "use strict";

  // A live region is only announced if it is there before its text changes.
  const status = document.createElement("p");
  status.className = "busy visually-hidden";
  status.setAttribute("role", "status");
  document.querySelector("main").append(status);

  const sent = new Map(); // form: how to make it as it was
  const send = (form, button) => {
    const words = form.dataset.busy;
    const label = [...button.childNodes];
    const spinner = document.createElement("span");
    spinner.className = "spinner";
    spinner.setAttribute("aria-hidden", "true");
    button.replaceChildren(spinner, words);
    button.setAttribute("aria-busy", "true");
    status.textContent = words;
    const buttons = [...form.querySelectorAll("button")].filter((each) => !each.disabled);
    // After the browser has read the form: a button that is off would not be sent.
    setTimeout(() => {
      if (sent.has(form)) for (const each of buttons) each.disabled = true;
    });
    sent.set(form, () => {
      button.replaceChildren(...label);
      button.removeAttribute("aria-busy");
      for (const each of buttons) each.disabled = false;
    });
  };

  // On the document: cards of a live page are replaced.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.busy === undefined) return;
    if (sent.has(form)) return event.preventDefault();
    send(form, event.submitter ?? form.querySelector("button:not([type=button])"));
  });
  // The page as it was left, when a person goes back to it.
  window.addEventListener("pageshow", () => {
    for (const restore of sent.values()) restore();
    sent.clear();
    status.textContent = "";
  });
})();

// <fieldset data-picks id="ID"> of checkboxes with data-tokens: buttons for all and none of those that
// are shown, and the sum of those that are picked in the element [data-picked="ID"].
for (const picks of document.querySelectorAll("[data-picks]")) {
  const boxes = [...picks.querySelectorAll("input[type=checkbox]")];
  const said = document.querySelector(`[data-picked="${picks.id}"]`);
  const sum = () => {
    const picked = boxes.filter((box) => box.checked);
    const tokens = picked.reduce((all, box) => all + Number(box.dataset.tokens), 0);
    said.textContent = `${picked.length} of ${boxes.length} picked, about ${tokens.toLocaleString("en")} tokens: an agent that sees the whole list reads as many.`;
  };
  const row = document.createElement("p");
  row.className = "actions";
  for (const [words, wanted] of [["Pick all shown", true], ["Pick none shown", false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = words;
    button.addEventListener("click", () => {
      for (const box of boxes) if (!box.closest("[hidden]")) box.checked = wanted;
      sum();
    });
    row.append(button);
  }
  picks.before(row);
  picks.addEventListener("change", sum);
  said.setAttribute("role", "status");
  window.addEventListener("pageshow", sum); // a browser keeps what was picked when a person goes back
}

// The account menu closes when a person clicks elsewhere or presses Escape.
for (const menu of document.querySelectorAll(".account-menu")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
