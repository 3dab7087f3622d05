// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ContentKeyWrapper;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.protocol.release.EnvelopePath;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Wraps content keys to devices, ahead of their asking: {@code served/keys/RELEASE/UEID.cms}.
 *
 * <p>Standing and envelopes change under one lock, so that a device which is revoked while a
 * release arrives is left without an envelope, whoever comes first.
 */
public final class KeyBroker {
  /** What any static server serves to devices. */
  public static final String SERVED = "served";

  private final SharedDirectory directory;
  private final DeviceRegistry registry;
  private final ContentKeyVault vault;
  private final ContentKeyWrapper wrapper;

  public KeyBroker(
      SharedDirectory directory,
      DeviceRegistry registry,
      ContentKeyVault vault,
      SecureRandom random) {
    this.directory = directory;
    this.registry = registry;
    this.vault = vault;
    this.wrapper = new ContentKeyWrapper(random);
  }

  /**
   * What came of it.
   *
   * @param envelopes how many were written
   * @param unopened releases whose keys were wrapped to another key broker than this one, as before
   *     it got a new key; its author has to be told
   */
  public record Shipped(int envelopes, List<Digest> unopened) {
    public Shipped {
      unopened = List.copyOf(unopened);
    }
  }

  /**
   * Gives every enrolled device the keys that it lacks, and takes away those of releases that are
   * no more.
   */
  public Shipped shipAll() throws IOException, Refusal {
    return directory.exclusively(
        () -> {
          Set<Digest> releases = vault.ahead();
          forgetOthers(releases);
          List<Device> enrolled = registry.all().stream().filter(Device::getsKeys).toList();
          return wrapAll(releases, enrolled);
        });
  }

  /**
   * Brings the envelopes of a device in line with its standing: the keys of all releases when it is
   * enrolled, none when it is golden, quarantined or out of the fleet.
   *
   * @return how many keys it has now
   */
  public int shipTo(Ueid device) throws IOException, Refusal {
    return directory.exclusively(
        () -> {
          Device known = registry.get(device);
          Set<Digest> releases = vault.ahead();
          if (known.getsKeys()) {
            return releases.size() - wrapAll(releases, List.of(known)).unopened().size();
          }
          for (Digest release : releases) {
            directory.delete(file(release, device));
          }
          return 0;
        });
  }

  /** One key that cannot be opened does not keep the others from those who need them. */
  private Shipped wrapAll(Set<Digest> releases, List<Device> devices) throws IOException, Refusal {
    int written = 0;
    List<Digest> unopened = new ArrayList<>();
    for (Digest release : releases) {
      try {
        written += wrap(release, devices);
      } catch (EnvelopeRefusal notForUs) {
        unopened.add(release);
      }
    }
    return new Shipped(written, unopened);
  }

  /** A release's key is opened once, and only when somebody lacks it. */
  private int wrap(Digest release, List<Device> devices) throws IOException, Refusal {
    List<Device> lacking = new ArrayList<>();
    for (Device device : devices) {
      if (!holds(release, device)) {
        lacking.add(device);
      }
    }
    if (!lacking.isEmpty()) {
      try (SecretBytes contentKey = vault.open(release)) {
        for (Device device : lacking) {
          Bytes envelope = wrapper.wrap(contentKey, device.unwrap());
          directory.write(file(release, device.ueid()), envelope.toArray());
        }
      }
    }
    return lacking.size();
  }

  /** For its present certificate: who enrols anew has another. */
  private boolean holds(Digest release, Device device) throws IOException {
    Optional<byte[]> envelope =
        directory.find(file(release, device.ueid()), KeyEnvelope.MAX_LENGTH);
    try {
      return envelope.isPresent() && KeyEnvelope.parse(envelope.get()).isFor(device.unwrap());
    } catch (EnvelopeRefusal damaged) {
      return false;
    }
  }

  private void forgetOthers(Set<Digest> releases) throws IOException {
    for (String release : directory.folders(SERVED + "/" + EnvelopePath.FOLDER)) {
      if (releases.stream().noneMatch(it -> it.hex().equals(release))) {
        String folder = SERVED + "/" + EnvelopePath.FOLDER + "/" + release;
        for (String envelope : directory.list(folder, "")) {
          directory.delete(folder + "/" + envelope);
        }
      }
    }
  }

  private static String file(Digest release, Ueid device) {
    return SERVED + "/" + EnvelopePath.of(release, device);
  }
}
