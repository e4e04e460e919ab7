/** A part of the tool by its name. The server writes them all (site/pages/check-here.ts). */
export function toolPart<T extends HTMLElement = HTMLElement>(root: ParentNode, name: string): T {
  const found = root.querySelector<T>(`[data-part="${name}"], [data-do="${name}"]`)
  if (found === null) throw new Error(`The page has no part "${name}"`)
  return found
}

/** Changes a text only where it is another one, so that nothing is read out twice. */
export function setText(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.textContent = text
}

/** Shows a part, or hides it from everyone. */
export const show = (place: HTMLElement, isShown: boolean): void => {
  place.toggleAttribute('hidden', !isShown)
}
