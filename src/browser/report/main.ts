import { solveWork } from '../work/solve.ts'

/** A report is sent without work rather than not at all: an old phone needs longer than people wait. */
const PATIENCE_MS = 20_000

const form = document.querySelector<HTMLFormElement>('form.form[data-challenge]')
const field = form?.querySelector<HTMLInputElement>('input[name="work"]')
const button = form?.querySelector<HTMLButtonElement>('button[type="submit"]')
const status = document.querySelector('#sending')

async function solve(address: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(address, { signal, credentials: 'omit', cache: 'no-store' })
  return answer.ok ? solveWork(await answer.json(), { signal }) : ''
}

/** A page that is left for a line that is down is gone, with all that was typed. */
const ASKED_MS = 20_000
const isReached = (address: string): Promise<boolean> =>
  fetch(address, {
    method: 'HEAD',
    credentials: 'omit',
    cache: 'no-store',
    signal: AbortSignal.timeout(ASKED_MS),
  }).then(
    () => true,
    () => false,
  )

/** Puts a proof of work into the form before it goes; the form is whole without it. */
if (form && field && button && status) {
  const { challenge = '', working = '', unreached = '' } = form.dataset
  let sending = false
  const rest = (said: string): void => {
    sending = false
    field.value = ''
    button.removeAttribute('aria-disabled')
    status.textContent = said
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (sending) return
    sending = true
    button.setAttribute('aria-disabled', 'true')
    status.textContent = working
    solve(challenge, AbortSignal.timeout(PATIENCE_MS))
      .catch(() => '')
      .then(async (solution) => {
        if (solution === '' && !(await isReached(form.action))) return rest(unreached)
        field.value = solution
        form.submit()
      })
      .catch(() => rest(unreached))
  })
  // Back from the next page, the form may be sent again.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) rest('')
  })
}
