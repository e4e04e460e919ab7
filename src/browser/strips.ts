// A classic script without imports. On strips of days it tells what was seen on a day by pointer and arrow keys: to the
// left and right the days, up and down the same day of the other strips. Every day is a link without it, which says the
// same. It sends no request.
;(() => {
  for (const group of document.querySelectorAll<HTMLElement>('.strips')) {
    const strips = [...group.querySelectorAll('.days')].map((days) => [...days.querySelectorAll('a')])
    const said = document.createElement('p')
    said.className = 'readout'
    // A screen reader hears the name of the link that has the focus: nothing is said twice.
    said.setAttribute('aria-hidden', 'true')
    said.textContent = group.dataset['keys'] ?? ''
    if (strips.length > 0) group.after(said)
    const tell = (link: HTMLAnchorElement): void => {
      const name = link.closest('figure')?.querySelector('figcaption b')?.textContent.trim() ?? ''
      said.className = 'readout said'
      said.textContent = [name, link.getAttribute('aria-label')].filter((text) => text !== '').join('. ')
    }
    const go = (to: HTMLAnchorElement | undefined, among: readonly HTMLAnchorElement[]): void => {
      if (to === undefined) return
      for (const one of among) one.tabIndex = one === to ? 0 : -1
      to.focus()
      tell(to)
    }
    for (const [row, links] of strips.entries())
      for (const [column, link] of links.entries()) {
        link.setAttribute('aria-label', link.title)
        link.removeAttribute('title')
        const keys: Record<string, () => void> = {
          ArrowRight: () => go(links[column + 1], links),
          ArrowLeft: () => go(links[column - 1], links),
          Home: () => go(links[0], links),
          End: () => go(links.at(-1), links),
          ArrowDown: () => go(strips[row + 1]?.[column], strips[row + 1] ?? []),
          ArrowUp: () => go(strips[row - 1]?.[column], strips[row - 1] ?? []),
        }
        for (const event of ['pointerenter', 'focus']) link.addEventListener(event, () => tell(link))
        link.addEventListener('keydown', (event) => {
          const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
          if (act === undefined) return
          event.preventDefault()
          act()
        })
      }
  }
})()
