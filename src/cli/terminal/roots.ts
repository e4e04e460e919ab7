import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { wrongOption } from '../../core/model/errors.ts'

/** Certificates of a file of PEM, each alone. Throws InputError where there is none. */
export async function readRoots(file: string): Promise<readonly string[]> {
  const found = (await readPemFile(file, 'extra-roots')).match(
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
  )
  try {
    for (const pem of found ?? []) void new X509Certificate(pem)
  } catch {
    throw wrongOption('extra-roots', 'a certificate that cannot be read', 'certificates in PEM')
  }
  if (found === null) throw wrongOption('extra-roots', 'no certificate', 'certificates in PEM')
  return found
}

/** The text of a file that an option names. Throws InputError where it cannot be read. */
export async function readPemFile(file: string, option: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw wrongOption(option, 'a file that cannot be read', 'a readable file')
  }
}
