import { isReadWithinReach } from '../core/mail-reach.ts'
import type { Region } from '../../core/model/region.ts'
import { plainLine, plainLines } from '../../core/text/plain-text.ts'

/** What a signer typed, as the form holds it now. */
export interface Fields {
  readonly name: string
  readonly region: Region
  readonly mail: string
  readonly comment: string
  readonly show: boolean
  readonly keep: boolean
  readonly trap: string
}

/** Reads the form. Its own rules have been checked by the browser. */
export function readFields(form: HTMLFormElement): Fields {
  const data = new FormData(form)
  const line = (name: string): string => {
    const value = data.get(name)
    return typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() : ''
  }
  return {
    name: plainLine(line('name')).normalize('NFC'),
    region: line('region') as Region, // one of the options that the server wrote
    mail: line('mail'),
    comment: plainLines(line('comment')).normalize('NFC'),
    show: line('show') === 'yes',
    keep: line('keep') === 'yes',
    trap: line('url'),
  }
}

/** Empties every field: what was typed stays neither on the page nor in what the browser restores. */
export function clearFields(form: HTMLFormElement): void {
  for (const field of form.elements)
    if (field instanceof HTMLInputElement) {
      if (field.type === 'checkbox') field.checked = false
      else field.value = ''
      field.defaultValue = ''
    } else if (field instanceof HTMLTextAreaElement) {
      field.value = ''
      field.defaultValue = ''
    } else if (field instanceof HTMLSelectElement) field.selectedIndex = 0
}

/** Mailboxes of which the page warns that others may read them; however their domain is written. */
export function isReadByOthers(mail: string): boolean {
  const domain = mail.normalize('NFKC').trim().split('@').at(-1) ?? ''
  try {
    return isReadWithinReach(new URL(`http://${domain.replace(/\.$/, '')}`).hostname)
  } catch {
    return false
  }
}
