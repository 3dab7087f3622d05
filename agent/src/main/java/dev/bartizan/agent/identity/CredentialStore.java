// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.identity;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.updater.disk.Disk;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * The certificates of this device, as they are when they are used: short-lived ones are replaced
 * while the daemon runs. Thread-safe.
 */
public final class CredentialStore {
  private final Disk disk;
  private final DeviceKeystore keystore;
  private volatile List<X509Certificate> identity;

  private CredentialStore(Disk disk, DeviceKeystore keystore) throws IOException, Malformed {
    this.disk = disk;
    this.keystore = keystore;
    this.identity = read(disk, keystore).identityChain();
  }

  /**
   * With those that the disk has now.
   *
   * @throws Malformed when there are none, or they are damaged, or not for the keystore's keys
   */
  public static CredentialStore open(Disk disk, DeviceKeystore keystore)
      throws IOException, Malformed {
    return new CredentialStore(disk, keystore);
  }

  /**
   * What the disk has now.
   *
   * @throws Malformed when that is not for the keystore's keys: it is not used then
   */
  public Credentials current() throws IOException, Malformed {
    Credentials current = read(disk, keystore);
    identity = current.identityChain();
    return current;
  }

  /** Who this device is now; who it was before, while what the disk has does not hold. */
  public List<X509Certificate> identityChain() {
    try {
      current();
    } catch (IOException | Malformed unusable) {
      // The other side judges whether the one before is good still.
    }
    return identity;
  }

  /**
   * Goes over to others, durably and as a whole.
   *
   * @throws Malformed when they are not for the keystore's keys; those before stay
   */
  public void replace(Credentials next) throws IOException, Malformed {
    next.requireFor(keystore);
    next.store(disk);
    identity = next.identityChain();
  }

  private static Credentials read(Disk disk, DeviceKeystore keystore)
      throws IOException, Malformed {
    Optional<Credentials> stored = Credentials.find(disk);
    if (stored.isEmpty()) {
      throw new Malformed("credentials.json: this device has no certificates: enrol it");
    }
    stored.get().requireFor(keystore);
    return stored.get();
  }
}
