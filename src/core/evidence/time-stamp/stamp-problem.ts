import { InputError } from '../../model/errors.ts'

/** Why a reply of a time-stamping authority is refused. */
export const STAMP_PROBLEMS = [
  'form', // not the DER of a reply, or something behind it
  'status', // the authority refused: neither granted nor granted with modifications
  'imprint', // a stamp of other data
  'nonce', // an answer to another query
  'policy', // under another policy than asked for
  'digest', // a hash algorithm that is not accepted, SHA-1 among them
  'algorithm', // a signature algorithm or a key that is not accepted
  'content', // the signed attributes do not belong to what was stamped
  'signer', // the certificate of the signer is not there, or is not the authority's that the stamp names
  'ess', // the signed attributes name another certificate
  'purpose', // the signer's certificate is not one for time stamps alone
  'signature', // the signature is false
  'root', // the chain that was given ends with no certificate that signs itself
  'chain', // no chain of certificates leads to the pinned root
  'expired', // a certificate of the chain was not valid at the time of the stamp
  'time', // the stamp is of a time that is still to come
] as const
export type StampProblem = (typeof STAMP_PROBLEMS)[number]

const PREFIX = 'stamp.'

/** The error that carries a problem to the verifier; `found` may hold words of a third party. */
export const refuseStamp = (problem: StampProblem, found: string): InputError =>
  new InputError(`Cannot accept time stamp: ${found}`, { code: `${PREFIX}${problem}`, path: '', expected: problem })

/** The problem that an error carries; everything else that is wrong with the input counts as its form. */
export const stampProblem = ({ code }: InputError): StampProblem =>
  STAMP_PROBLEMS.find((problem) => code === `${PREFIX}${problem}`) ?? 'form'
