/** A scenario that takes next to no time, for tests of what happens around a run. */
export const TINY = `version: 1
name: tiny
rampUp: 2s
duration: 5s
drain: 5s
population: { subscribers: 6 }
traffic: { pager: { rate: 3/s } }
`;
