import { join } from 'node:path'
import { readdir } from 'node:fs/promises'
import { REAL_DISK } from '../files/disk.ts'
import { writeDurable } from '../files/durable-file.ts'
import { checkMessage, type MailSender } from './mail-sender.ts'

/** Mails that stay in the folder; the oldest go first. */
const MOST_MAILS = 500
const NAME = /^\d{13}-[0-9a-f]{32}\.txt$/

/**
 * Writes each mail as a text file into a folder instead of sending it, readable by its owner alone: for a demonstration,
 * from which nothing goes out. `now` gives milliseconds for the order of the files.
 */
export async function openMailFolder(folder: string, now: () => number): Promise<MailSender> {
  await REAL_DISK.makeFolder(folder)
  return {
    async send(mail) {
      checkMessage(mail)
      const names = (await readdir(folder)).filter((name) => NAME.test(name)).toSorted()
      // Written again after a crash it is the same file.
      const known = names.find((name) => name.endsWith(`-${mail.id}.txt`))
      const head = [
        `To: ${mail.to}`,
        `Subject: ${mail.subject}`,
        ...(mail.leaveUrl === undefined
          ? []
          : [`List-Unsubscribe: <${mail.leaveUrl}>`, 'List-Unsubscribe-Post: List-Unsubscribe=One-Click']),
      ]
      const path = join(folder, known ?? `${String(now()).padStart(13, '0')}-${mail.id}.txt`)
      await writeDurable(path, Buffer.from(`${head.join('\n')}\n\n${mail.text}`))
      for (const old of names.slice(0, Math.max(0, names.length - MOST_MAILS + 1)))
        if (old !== known) await REAL_DISK.remove(join(folder, old))
      return { kind: 'sent' }
    },
  }
}
