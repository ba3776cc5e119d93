// A key with its colon, a text, or a number or literal; what lies between stays plain.
const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g

/** Shows a value as indented JSON with its parts coloured; only ever as text. */
export function showJson(target: HTMLElement, value: unknown): void {
  const json = JSON.stringify(value, null, 2)
  const nodes: (Node | string)[] = []
  let end = 0
  for (const match of json.matchAll(TOKEN)) {
    nodes.push(json.slice(end, match.index))
    const [token, text, colon] = match
    if (text === undefined) nodes.push(span('json-other', token))
    else if (colon === undefined) nodes.push(span('json-text', token))
    else nodes.push(span('json-key', text), colon)
    end = match.index + token.length
  }
  nodes.push(json.slice(end))
  target.replaceChildren(...nodes)
}

function span(name: string, text: string): HTMLSpanElement {
  const element = document.createElement('span')
  element.className = name
  element.textContent = text
  return element
}
