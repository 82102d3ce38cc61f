/**
 * Before each test file: what a property says about the length of its lists and texts is how long they get. Left to itself, the
 * library makes ten elements at most, whatever `maxLength` says, and a table that grows at the 64th is never seen to.
 */
import fc from 'fast-check';

fc.configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true });
