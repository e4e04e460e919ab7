// A classic script without imports. It adds a button that copies a text to each text that is meant to be copied. It sends
// no request.
;(() => {
  const SHOWN_MS = 2000

  for (const place of document.querySelectorAll<HTMLElement>('[data-copy]')) {
    const text = place.querySelector('blockquote')
    if (text === null) continue
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'btn copy-text'
    button.textContent = place.dataset['copy'] ?? ''
    const said = document.createElement('span')
    said.className = 'sm q'
    said.setAttribute('role', 'status')
    button.addEventListener('click', () => void copy(text).then((done) => done && tell(said, place)))
    place.append(button, said)
  }

  function tell(said: HTMLElement, place: HTMLElement): void {
    said.textContent = place.dataset['copied'] ?? ''
    setTimeout(() => (said.textContent = ''), SHOWN_MS)
  }

  /** Whether it is on the clipboard; an address without TLS has none, and there the text is selected and copied. */
  async function copy(from: HTMLElement): Promise<boolean> {
    const lines = [...from.querySelectorAll('p')].map((line) => line.textContent.trim())
    if (isSecureContext) {
      try {
        await navigator.clipboard.writeText(lines.join('\n'))
        return true
      } catch {
        // Refused by the browser: the other way is tried.
      }
    }
    const range = document.createRange()
    range.selectNodeContents(from)
    getSelection()?.removeAllRanges()
    getSelection()?.addRange(range)
    return document.execCommand('copy')
  }
})()
