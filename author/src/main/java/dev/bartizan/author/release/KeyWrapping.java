// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.publish.NewTarget;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ContentKeyWrapper;
import dev.bartizan.protocol.custody.BrokerEnvelope;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.protocol.release.EnvelopePath;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Wraps content keys: to the key brokers of fleets, which give them to their devices, and to
 * devices named here, for places that no server reaches.
 */
public final class KeyWrapping {
  private final KnownFleets fleets;
  private final ReleaseArchive archive;
  private final ContentKeyWrapper wrapper;
  private final InstantSource clock;

  public KeyWrapping(SharedDirectory directory, InstantSource clock, SecureRandom random) {
    this.fleets = new KnownFleets(directory);
    this.archive = new ReleaseArchive(directory);
    this.wrapper = new ContentKeyWrapper(random);
    this.clock = clock;
  }

  /**
   * The key of {@code release} for every known fleet's key broker.
   *
   * @throws ReleaseRefusal EXPIRED when a key broker's certificate is not good now
   */
  List<NewTarget> toBrokers(ReleaseManifest release, SecretBytes contentKey)
      throws IOException, Refusal {
    List<NewTarget> envelopes = new ArrayList<>();
    for (FleetKeys fleet : fleets.all()) {
      requireGood(fleet.keyBroker(), "the key broker of " + fleet.trustDomain());
      Bytes envelope = wrapper.wrap(contentKey, fleet.keyBroker());
      String target = BrokerEnvelope.target(release.release(), fleet.trustDomain(), release.keys());
      envelopes.add(NewTarget.of(target, envelope.toArray()));
    }
    return envelopes;
  }

  /**
   * The key of {@code release} for devices.
   *
   * @param unwrapCertificates of devices of known fleets
   * @return by the path that a device asks for
   * @throws ReleaseRefusal UNKNOWN_VERSION, UNKNOWN_DEVICE or EXPIRED; ATTESTED when its keys are
   *     to go against evidence alone
   */
  public Map<String, Bytes> toDevices(ReleaseName release, List<X509Certificate> unwrapCertificates)
      throws IOException, Refusal {
    Map<String, Bytes> envelopes = new TreeMap<>();
    try (ArchivedRelease archived =
        archive.find(release).orElseThrow(() -> ReleaseRefusal.unknown(release))) {
      requireAhead(archived.manifest());
      for (X509Certificate certificate : unwrapCertificates) {
        SpiffeId device = fleets.deviceOf(certificate);
        requireGood(certificate, device.toUri().toString());
        envelopes.put(
            EnvelopePath.of(archived.digest(), device.device()),
            wrapper.wrap(archived.contentKey(), certificate));
      }
    }
    return envelopes;
  }

  private static void requireAhead(ReleaseManifest manifest) throws ReleaseRefusal {
    if (manifest.keys() != KeyDelivery.AHEAD) {
      throw new ReleaseRefusal(
          ReleaseRefusal.Code.ATTESTED,
          manifest.release()
              + ": its key goes to devices against evidence alone (--keys attested)");
    }
  }

  private void requireGood(X509Certificate certificate, String whose) throws ReleaseRefusal {
    Instant now = clock.instant();
    try {
      certificate.checkValidity(Date.from(now));
    } catch (CertificateException expired) {
      throw new ReleaseRefusal(
          ReleaseRefusal.Code.EXPIRED, whose + ": " + expired.getMessage(), expired);
    }
  }
}
