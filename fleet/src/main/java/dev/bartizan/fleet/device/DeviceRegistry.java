// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.device;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The devices of the fleet. Each change is durable, and seen by all processes, when it returns. */
public interface DeviceRegistry extends KnownDevices {
  /** All devices, sorted by ueid. */
  List<Device> all() throws IOException, Refusal;

  /**
   * Takes a device in that has just proved itself. One that was there before keeps its groups and
   * its profile.
   *
   * @throws RegistryRefusal with {@code NOT_WELCOME} when it was revoked or is quarantined
   */
  void enrol(Device device) throws IOException, Refusal;

  /**
   * Changes whether a device is trusted. What is revoked stays revoked.
   *
   * @throws RegistryRefusal with {@code UNKNOWN_DEVICE} or {@code REVOKED}
   */
  Device change(Ueid ueid, Device.State state) throws IOException, Refusal;

  /**
   * A device has a new identity certificate, of the key it had; it was {@link #issued}.
   *
   * @throws RegistryRefusal with {@code UNKNOWN_DEVICE}, {@code NOT_WELCOME}, or {@code
   *     KEY_CHANGED} when it enrolled with another key meanwhile
   */
  void renewed(Ueid ueid, X509Certificate identity) throws IOException, Refusal;

  /** Remembers the counts a genuine quote carried, so that they cannot go back unseen. */
  void sawBoot(Ueid ueid, Device.BootCounts counts) throws IOException, Refusal;

  /**
   * Takes note of an identity certificate, before anybody gets it.
   *
   * @throws RegistryRefusal with {@code TOO_MANY_CERTIFICATES}
   */
  void issued(Ueid device, X509Certificate identity, Instant now) throws IOException, Refusal;

  /** The serial numbers of a device's identity certificates that have not run out. */
  List<BigInteger> goodSerials(Ueid device, Instant now) throws IOException, Refusal;

  /**
   * The device called {@code ueid}.
   *
   * @throws RegistryRefusal with {@code UNKNOWN_DEVICE}
   */
  default Device get(Ueid ueid) throws IOException, Refusal {
    return find(ueid).orElseThrow(() -> RegistryRefusal.unknown(ueid));
  }

  /**
   * The same, which must be trusted now.
   *
   * @throws RegistryRefusal with {@code UNKNOWN_DEVICE} or {@code NOT_WELCOME}
   */
  default Device requireEnrolled(Ueid ueid) throws IOException, Refusal {
    Device device = get(ueid);
    if (device.state() != Device.State.ENROLLED) {
      throw RegistryRefusal.notWelcome(device);
    }
    return device;
  }

  /**
   * The same, to which content keys may go.
   *
   * @throws RegistryRefusal also with {@code GOLDEN}
   */
  default Device requireGetsKeys(Ueid ueid) throws IOException, Refusal {
    Device device = requireEnrolled(ueid);
    if (!device.getsKeys()) {
      throw RegistryRefusal.golden(ueid);
    }
    return device;
  }

  /**
   * Refuses a device that is revoked or quarantined; one that is unknown is welcome.
   *
   * @return what is known of it
   */
  default Optional<Device> requireWelcome(Ueid ueid) throws IOException, Refusal {
    Optional<Device> known = find(ueid);
    if (known.isPresent() && known.get().state() != Device.State.ENROLLED) {
      throw RegistryRefusal.notWelcome(known.get());
    }
    return known;
  }
}
