/** An XCAP reference and an entry of a history list as the targets of HTTP, XCAP and XML begin with them. */

export const REFERENCE =
  '/org.openmobilealliance.deferred-list/users/sip:u9@ims.example/deferred-list/~~/history-list/history%5b@history-reference=%22sip:9f8e7d@im.ims.example%22%5d';
export const ENTRY =
  '<history xmlns="urn:oma:xml:im:history-list" history-reference="sip:9f8e7d@im.ims.example"><size>18</size><expiry>2002-02-21T13:02:03Z</expiry><subject>a &lt; b &#x20ac;</subject><pager><time-stamp>2002-02-21T13:02:03Z</time-stamp><from>sip:u7@ims.example</from><to>sip:u9@ims.example</to><auth-id>sip:u7@ims.example</auth-id></pager></history>';
