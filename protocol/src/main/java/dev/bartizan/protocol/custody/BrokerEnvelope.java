// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.custody;

import dev.bartizan.protocol.release.ReleaseName;

/**
 * Where a release's content key lies, wrapped to the key broker of a fleet: a target beside the
 * release's manifest, so that the role that vouches for the release vouches for whose key it is.
 */
public final class BrokerEnvelope {
  /** Of its file; the fleet's trust domain stands before it. */
  public static final String SUFFIX = ".cms";

  private BrokerEnvelope() {}

  /** The path of the envelope for the fleet of {@code trustDomain} among the targets. */
  public static String target(ReleaseName release, String trustDomain) {
    String beside = release.modelTarget();
    return beside.substring(0, beside.lastIndexOf('/') + 1) + trustDomain + SUFFIX;
  }
}
