// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.custody;

import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.ReleaseName;
import java.util.stream.Stream;

/**
 * Where a release's content key lies, wrapped to the key broker of a fleet: a target beside the
 * release's manifest, so that the role that vouches for the release vouches for whose key it is.
 */
public final class BrokerEnvelope {
  private static final String SUFFIX = ".cms";

  /** No trust domain begins so. */
  private static final String ATTESTED = "_attested-";

  private BrokerEnvelope() {}

  /**
   * The path of the envelope for the fleet of {@code trustDomain} among the targets. It says when
   * devices may have the key, so that a key broker which reads nothing else cannot mistake it.
   */
  public static String target(ReleaseName release, String trustDomain, KeyDelivery delivery) {
    String beside = release.modelTarget();
    return beside.substring(0, beside.lastIndexOf('/') + 1) + file(trustDomain, delivery);
  }

  /** Whether {@code target} is the envelope of some release for that fleet. */
  public static boolean isFor(String trustDomain, String target) {
    return Stream.of(KeyDelivery.values())
        .anyMatch(delivery -> target.endsWith("/" + file(trustDomain, delivery)));
  }

  private static String file(String trustDomain, KeyDelivery delivery) {
    return (delivery == KeyDelivery.ATTESTED ? ATTESTED : "") + trustDomain + SUFFIX;
  }
}
