import { z } from 'zod'

const MOST_PORT = 65_535

/** Whether something can be dialled on it: 1 to 65535. */
export const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= MOST_PORT

export const portSchema = z.int().min(1).max(MOST_PORT)

/** Port of a web address: the stated one, else that of its scheme. */
export const portOf = (url: Pick<URL, 'port' | 'protocol'>): number =>
  url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
