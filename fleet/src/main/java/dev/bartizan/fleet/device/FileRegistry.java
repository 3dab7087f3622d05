// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.device;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One JSON file for each device, {@code devices/UEID.json}, and one for what it was issued. */
public final class FileRegistry implements DeviceRegistry {
  private static final String FOLDER = "devices";
  private static final String SUFFIX = ".json";

  private final SharedDirectory directory;
  private final IssuedIdentities issued;

  public FileRegistry(SharedDirectory directory) {
    this.directory = directory;
    this.issued = new IssuedIdentities(directory);
  }

  @Override
  public Optional<Device> find(Ueid ueid) throws IOException, Malformed {
    String name = file(ueid);
    Optional<byte[]> json = directory.find(name, Device.MAX_LENGTH);
    return json.isEmpty() ? Optional.empty() : Optional.of(read(name, json.get()));
  }

  @Override
  public List<Device> all() throws IOException, Malformed {
    List<Device> devices = new ArrayList<>();
    for (String name : directory.list(FOLDER, SUFFIX)) {
      String path = FOLDER + "/" + name;
      devices.add(read(path, directory.read(path, Device.MAX_LENGTH)));
    }
    return List.copyOf(devices);
  }

  @Override
  public void enrol(Device device) throws IOException, Refusal {
    directory.exclusively(
        () -> {
          Optional<Device> before = requireWelcome(device.ueid());
          return write(before.map(known -> device.keepingPlaceOf(known)).orElse(device));
        });
  }

  @Override
  public Device change(Ueid ueid, Device.State state) throws IOException, Refusal {
    return directory.exclusively(
        () -> {
          Device device = get(ueid);
          if (device.state().isFinal() && state != device.state()) {
            throw RegistryRefusal.revoked(device);
          }
          return write(device.with(state));
        });
  }

  @Override
  public void renewed(Ueid ueid, X509Certificate identity) throws IOException, Refusal {
    directory.exclusively(
        () -> {
          Device device = requireEnrolled(ueid);
          if (!device.identity().getPublicKey().equals(identity.getPublicKey())) {
            throw RegistryRefusal.keyChanged(ueid);
          }
          return write(device.with(identity));
        });
  }

  @Override
  public void sawBoot(Ueid ueid, Device.BootCounts counts) throws IOException, Refusal {
    directory.exclusively(
        () -> {
          Device device = get(ueid);
          boolean stale = device.lastBoot().filter(known -> counts.isBefore(known)).isPresent();
          return stale ? device : write(device.with(counts));
        });
  }

  @Override
  public void issued(Ueid device, X509Certificate identity, Instant now)
      throws IOException, Refusal {
    issued.record(device, identity, now);
  }

  @Override
  public List<BigInteger> goodSerials(Ueid device, Instant now) throws IOException, Malformed {
    return issued.serials(device, now);
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
