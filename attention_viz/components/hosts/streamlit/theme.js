// Watches the page's background and says "light" or "dark" when it differs from what the server drew for.

/**
 * "light" or "dark" for a colour as getComputedStyle writes it, or null when it can't be read.
 * @param {string} colour for instance "rgb(18, 21, 29)"
 * @returns {"light" | "dark" | null}
 */
export function themeOf(colour) {
  const channels = colour.match(/^rgba?\(\s*([\d.]+)[,\s]+([\d.]+)[,\s]+([\d.]+)/);
  if (!channels) return null;
  const [red, green, blue] = channels.slice(1, 4).map(Number);
  // Perceived brightness, weights of ITU-R BT.601.
  return 0.299 * red + 0.587 * green + 0.114 * blue > 127.5 ? "light" : "dark";
}

/**
 * @param {{
 *   data: {theme: string | null},
 *   parentElement: HTMLElement | ShadowRoot,
 *   setTriggerValue: (name: string, value: string) => void,
 * }} component
 */
export default function ({ data, parentElement, setTriggerValue }) {
  const probe = /** @type {HTMLElement} */ (parentElement.querySelector(".probe"));
  const compare = () => {
    const theme = themeOf(getComputedStyle(probe).backgroundColor);
    if (theme && theme !== data.theme) setTriggerValue("theme", theme);
  };
  // Assigned, not added: this function runs again with every run of the script.
  probe.ontransitionend = compare;
  compare();
}
