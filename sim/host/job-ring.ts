/** Jobs that wait for a server, first in, first out: cost, token and instant of arrival in a ring of numbers that grows. */

const FIELDS = 3;

export class JobRing {
  count = 0;
  /** The job that `shift` took. */
  costNs = 0;
  token = 0;
  arrivedNs = 0;
  private slots = 16;
  private jobs = new Float64Array(this.slots * FIELDS);
  private head = 0;

  push(costNs: number, token: number, arrivedNs: number): void {
    if (this.count === this.slots) this.enlarge();
    const at = ((this.head + this.count++) & (this.slots - 1)) * FIELDS;
    this.jobs[at] = costNs;
    this.jobs[at + 1] = token;
    this.jobs[at + 2] = arrivedNs;
  }

  /** Takes the first job out; there must be one. */
  shift(): void {
    const at = this.head * FIELDS;
    this.costNs = this.jobs[at];
    this.token = this.jobs[at + 1];
    this.arrivedNs = this.jobs[at + 2];
    this.head = (this.head + 1) & (this.slots - 1);
    this.count--;
  }

  clear(): void {
    this.count = 0;
  }

  private enlarge(): void {
    const jobs = new Float64Array(this.jobs.length * 2);
    for (let i = 0; i < this.count; i++) {
      const from = ((this.head + i) & (this.slots - 1)) * FIELDS;
      for (let field = 0; field < FIELDS; field++) jobs[i * FIELDS + field] = this.jobs[from + field];
    }
    this.jobs = jobs;
    this.slots *= 2;
    this.head = 0;
  }
}
