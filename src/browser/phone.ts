// A classic script without imports. It adds the button by which a reader has the last answer kept on the device, and the
// one that deletes it. It registers and stores nothing before the first is pressed.
;(() => {
  const CACHE = 'kuager-last-answer'
  const place = document.querySelector<HTMLElement>('[data-keep]')
  if (place === null) return
  const words = JSON.parse(place.dataset['words'] ?? '{}') as Readonly<Record<string, string>>
  const said = document.createElement('p')
  said.setAttribute('role', 'status')
  const ways = document.createElement('p')
  ways.className = 'ways after'
  place.append(said, ways)
  const tell = (word: string): void => void (said.textContent = words[word] ?? '')

  // An onion address is opened to leave no trace on the device.
  const isAble = isSecureContext && 'serviceWorker' in navigator && !location.hostname.endsWith('.onion')
  if (isAble) void show(false).catch(() => tell('unable'))
  else tell('unable')

  async function show(wasDeleted: boolean): Promise<void> {
    const isOn = (await navigator.serviceWorker.getRegistrations()).length > 0
    tell(isOn ? 'is-on' : wasDeleted ? 'deleted' : 'is-off')
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'btn'
    button.textContent = words[isOn ? 'off' : 'on'] ?? ''
    button.addEventListener('click', () => {
      button.disabled = true
      void (isOn ? remove() : keep()).then(
        () => show(isOn),
        async () => {
          await remove().catch(() => undefined)
          await show(false)
          tell('failed')
        },
      )
    })
    ways.replaceChildren(button)
  }

  async function keep(): Promise<void> {
    await navigator.serviceWorker.register(place?.dataset['keep'] ?? '')
    const { active } = await navigator.serviceWorker.ready
    const { port1, port2 } = new MessageChannel()
    const kept = new Promise<unknown>((resolve) => (port1.onmessage = ({ data }) => resolve(data)))
    active?.postMessage(place?.dataset['page'], [port2])
    if ((await kept) !== 'kept') throw new Error('nothing was kept')
  }

  async function remove(): Promise<void> {
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister()
    await caches.delete(CACHE)
  }
})()
