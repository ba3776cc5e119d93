const SHOWN_MS = 1600

/** Every copy button copies the text of the `pre` or `code` beside it. */
export function wireCopying(): void {
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof HTMLButtonElement) || !target.classList.contains('copy')) return
    const text = target.parentElement?.querySelector('pre, code')?.textContent ?? ''
    navigator.clipboard.writeText(text).then(
      () => flash(target, 'Copied'),
      () => flash(target, 'Select it by hand'),
    )
  })
}

function flash(button: HTMLButtonElement, text: string): void {
  button.textContent = text
  setTimeout(() => {
    button.textContent = 'Copy'
  }, SHOWN_MS)
}
