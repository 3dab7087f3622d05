// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.identity;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The devices of the fleet: one JSON file each, {@code devices/UEID.json}. */
public final class Inventory {
  private static final String FOLDER = "devices";
  private static final String SUFFIX = ".json";

  private final SharedDirectory directory;

  public Inventory(SharedDirectory directory) {
    this.directory = directory;
  }

  /** What was issued to these devices. */
  public IssuedIdentities issuedIdentities() {
    return new IssuedIdentities(directory);
  }

  public Optional<Device> find(Ueid ueid) throws IOException, Malformed {
    String name = file(ueid);
    Optional<byte[]> json = directory.find(name, Device.MAX_LENGTH);
    return json.isEmpty() ? Optional.empty() : Optional.of(read(name, json.get()));
  }

  /**
   * The device called {@code ueid}.
   *
   * @throws InventoryRefusal with {@code UNKNOWN_DEVICE}
   */
  public Device get(Ueid ueid) throws IOException, Malformed, InventoryRefusal {
    return find(ueid).orElseThrow(() -> InventoryRefusal.unknown(ueid));
  }

  /**
   * The same, which must be trusted now.
   *
   * @throws InventoryRefusal with {@code UNKNOWN_DEVICE} or {@code NOT_WELCOME}
   */
  public Device requireEnrolled(Ueid ueid) throws IOException, Malformed, InventoryRefusal {
    Device device = get(ueid);
    if (device.state() != Device.State.ENROLLED) {
      throw InventoryRefusal.notWelcome(device);
    }
    return device;
  }

  /** All devices, sorted by ueid. */
  public List<Device> all() throws IOException, Malformed {
    List<Device> devices = new ArrayList<>();
    for (String name : directory.list(FOLDER, SUFFIX)) {
      String path = FOLDER + "/" + name;
      devices.add(read(path, directory.read(path, Device.MAX_LENGTH)));
    }
    return List.copyOf(devices);
  }

  /**
   * Takes a device in that has just proved itself. One that was there before keeps its groups and
   * its profile.
   *
   * @throws InventoryRefusal with {@code NOT_WELCOME} when it was revoked or is quarantined
   */
  public void enrol(Device device) throws IOException, Refusal {
    directory.exclusively(
        () -> {
          Optional<Device> before = requireWelcome(device.ueid());
          return write(before.map(known -> device.keepingPlaceOf(known)).orElse(device));
        });
  }

  /**
   * Refuses a device that is revoked or quarantined; one that is unknown is welcome.
   *
   * @return what is known of it
   */
  public Optional<Device> requireWelcome(Ueid ueid)
      throws IOException, Malformed, InventoryRefusal {
    Optional<Device> known = find(ueid);
    if (known.isPresent() && known.get().state() != Device.State.ENROLLED) {
      throw InventoryRefusal.notWelcome(known.get());
    }
    return known;
  }

  /**
   * Changes whether a device is trusted. What is revoked stays revoked.
   *
   * @throws InventoryRefusal with {@code UNKNOWN_DEVICE} or {@code REVOKED}
   */
  public Device change(Ueid ueid, Device.State state) throws IOException, Refusal {
    return directory.exclusively(
        () -> {
          Device device = get(ueid);
          if (device.state() == Device.State.REVOKED && state != Device.State.REVOKED) {
            throw InventoryRefusal.revoked(device);
          }
          return write(device.with(state));
        });
  }

  /** Remembers the counts a genuine quote carried, so that they cannot go back unseen. */
  public void sawBoot(Ueid ueid, Device.BootCounts counts) throws IOException, Refusal {
    directory.exclusively(
        () -> {
          Device device = get(ueid);
          boolean stale = device.lastBoot().filter(known -> counts.isBefore(known)).isPresent();
          return stale ? device : write(device.with(counts));
        });
  }

  private Device write(Device device) throws IOException {
    directory.write(file(device.ueid()), StrictJson.writeIndented(device.toJson()));
    return device;
  }

  private Device read(String name, byte[] json) throws Malformed {
    String what = directory.path(name).toString();
    Device device = Device.read(json, what);
    if (!file(device.ueid()).equals(name)) {
      throw new Malformed(what + ".ueid is another device's");
    }
    return device;
  }

  private static String file(Ueid ueid) {
    return FOLDER + "/" + ueid.text() + SUFFIX;
  }
}
