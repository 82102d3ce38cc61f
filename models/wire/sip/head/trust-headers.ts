/**
 * Header fields that a trust domain keeps to itself (rules 4.7, classes X and N): what the edge takes away at the border and what the
 * IM Server never stores, as one list for both.
 *
 * Not here: P-Access-Network-Info, which a client may send and never gets; the edge and the store each say what becomes of it.
 */
import { Header } from './header-names.js';

/** Class X: charging. */
export const CHARGING_HEADERS: readonly Header[] = [
  Header.pChargingVector,
  Header.pChargingFunctionAddresses,
  Header.pChargeInfo,
  Header.pDcsBillingInfo,
  Header.relayedCharge,
];

/** Class N: network and trust domain, without P-Access-Network-Info. */
export const NETWORK_HEADERS: readonly Header[] = [
  Header.pVisitedNetworkId,
  Header.pServedUser,
  Header.pUserDatabase,
  Header.pProfileKey,
  Header.pPrivateNetworkIndication,
  Header.pAssertedService,
  Header.pCalledPartyId,
  Header.pAssociatedUri,
  Header.pEarlyMedia,
  Header.pMediaAuthorization,
  Header.pAnswerState,
  Header.pDcsTracePartyId,
  Header.pDcsOsps,
  Header.pDcsLaes,
  Header.pDcsRedirect,
  Header.pRefusedUriList,
  Header.historyInfo,
  Header.resourcePriority,
  Header.acceptResourcePriority,
  Header.featureCaps,
  Header.restorationInfo,
  Header.serviceInteractInfo,
  Header.cellularNetworkInfo,
  Header.responseSource,
  Header.attestationInfo,
  Header.originationId,
  Header.additionalIdentity,
  Header.priorityVerstat,
  Header.priorityShare,
  Header.resourceShare,
  Header.dcInfo,
  Header.geolocationRouting,
];
