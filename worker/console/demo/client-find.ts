/** The one element of the page that the script relies on; throws if the page lacks it. */
export function find<T extends Element>(root: ParentNode, selector: string, kind: new () => T): T {
  const found = root.querySelector(selector)
  if (found instanceof kind) return found
  throw new Error(`the page has no ${selector}`)
}

/** A named place in a cloned template. */
export const part = (root: ParentNode, name: string): HTMLElement =>
  find(root, `[data-part="${name}"]`, HTMLElement)

/** A copy of the single element in a template. */
export function cloneTemplate(id: string): HTMLElement {
  const template = find(document, `#${id}`, HTMLTemplateElement)
  const first = template.content.firstElementChild?.cloneNode(true)
  if (first instanceof HTMLElement) return first
  throw new Error(`the template #${id} is empty`)
}
