/** Words of a case: intake, deadlines, requests, claims and communications. */
export type CaseworkKey = 'casework.title'
