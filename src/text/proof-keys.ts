/** Words of the log, of custody and of the verification of a bundle. */
export type ProofKey = 'proof.title'
