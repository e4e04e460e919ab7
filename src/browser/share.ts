// A classic script without imports. It adds a button that hands the address of the page to the apps of the device, or
// copies it where the browser cannot. It sends no request.
;(() => {
  const place = document.querySelector<HTMLElement>('[data-share]')
  if (place === null) return
  const { share = '', words = '{}' } = place.dataset
  const say = JSON.parse(words) as Readonly<Record<'share' | 'copy' | 'copied', string>>
  const url = new URL(share, location.origin).href
  const canShare = typeof navigator.share === 'function'
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'btn'
  button.textContent = canShare ? say.share : say.copy
  const said = document.createElement('span')
  said.className = 'sm q'
  said.setAttribute('role', 'status')
  button.addEventListener('click', () => void (canShare ? hand() : copy()))
  place.append(button, said)

  /** A reader who closes the list of apps gets no message. */
  const hand = (): Promise<void> => navigator.share({ title: document.title, url }).catch(() => undefined)

  /** An address without TLS has no clipboard: there it is shown, selected. */
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(url)
      said.textContent = say.copied
    } catch {
      const field = document.createElement('input')
      field.readOnly = true
      field.value = url
      field.setAttribute('aria-label', say.copy)
      button.replaceWith(field)
      field.select()
    }
  }
})()
