// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.release;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.KeyEnvelopeSealer;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.identity.Device;
import dev.bartizan.fleet.identity.Inventory;
import dev.bartizan.protocol.release.EnvelopePath;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * Wraps content keys to devices, ahead of their asking: {@code repository/keys/RELEASE/UEID.cms}.
 *
 * <p>Standing and envelopes change under one lock, so that a device which is revoked while a
 * release is made is left without an envelope, whoever comes first.
 */
public final class KeyDistribution {
  private static final String REPOSITORY = "repository/";

  private final SharedDirectory directory;
  private final Inventory inventory;
  private final ReleaseArchive archive;
  private final KeyEnvelopeSealer sealer;

  public KeyDistribution(SharedDirectory directory, SecureRandom random) {
    this.directory = directory;
    this.inventory = new Inventory(directory);
    this.archive = new ReleaseArchive(directory);
    this.sealer = new KeyEnvelopeSealer(random);
  }

  /**
   * Gives every enrolled device the key of {@code release}.
   *
   * @return how many devices that were
   * @throws ReleaseRefusal UNKNOWN_VERSION when there is no such release
   */
  public int shipAll(ReleaseName release) throws IOException, Refusal {
    return directory.exclusively(
        () -> {
          try (ArchivedRelease archived = get(release)) {
            return wrapToAll(archived);
          }
        });
  }

  /**
   * Brings the envelopes of a device in line with its standing: the keys of all releases when it is
   * enrolled, none when it is quarantined or revoked.
   *
   * @return how many keys it has now
   */
  public int shipTo(Ueid device) throws IOException, Refusal {
    return directory.exclusively(
        () -> {
          Device known = inventory.get(device);
          return switch (known.state()) {
            case ENROLLED -> wrapAllTo(known);
            case QUARANTINED, REVOKED -> withdraw(device);
          };
        });
  }

  /** {@link #shipAll}, for who holds the directory's lock already. */
  int wrapToAll(ArchivedRelease release) throws IOException, Refusal {
    int count = 0;
    for (Device device : inventory.all()) {
      if (device.state() == Device.State.ENROLLED) {
        wrap(release, device);
        count++;
      }
    }
    return count;
  }

  /** Deletes all envelopes of a release that was not published. */
  void withdraw(Digest release) throws IOException, Refusal {
    for (Device device : inventory.all()) {
      directory.delete(file(release, device.ueid()));
    }
  }

  private int wrapAllTo(Device device) throws IOException, Refusal {
    int count = 0;
    for (ReleaseName name : archive.all()) {
      Optional<ArchivedRelease> found = archive.find(name);
      if (found.isPresent()) {
        try (ArchivedRelease release = found.get()) {
          wrap(release, device);
          count++;
        }
      }
    }
    return count;
  }

  private int withdraw(Ueid device) throws IOException, Refusal {
    for (ReleaseName name : archive.all()) {
      Optional<Digest> release = archive.digest(name);
      if (release.isPresent()) {
        directory.delete(file(release.get(), device));
      }
    }
    return 0;
  }

  private void wrap(ArchivedRelease release, Device device) throws IOException, Refusal {
    Bytes envelope = sealer.seal(release.contentKey(), device.unwrap());
    directory.write(file(release.digest(), device.ueid()), envelope.toArray());
  }

  private ArchivedRelease get(ReleaseName release) throws IOException, Refusal {
    return archive.find(release).orElseThrow(() -> ReleaseRefusal.unknown(release));
  }

  private static String file(Digest release, Ueid device) {
    return REPOSITORY + EnvelopePath.of(release, device);
  }
}
