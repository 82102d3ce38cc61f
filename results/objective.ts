/** The design objective of ETSI TS 186 008: the tolerated share of inadequately handled scenario attempts (rules 6.1). */
export const DESIGN_OBJECTIVE = 0.001;
