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

/**
 * Copies of what the registry has, {@code devices/UEID.json}, for who verifies reports elsewhere,
 * and without its database. They are read, and never changed.
 */
public final class DeviceCopies implements DeviceRegistry {
  private static final String FOLDER = "devices";
  private static final String SUFFIX = ".json";

  private final SharedDirectory directory;

  public DeviceCopies(SharedDirectory directory) {
    this.directory = directory;
  }

  /** Writes one for each of {@code devices}, and takes away those of others. */
  public void write(List<Device> devices) throws IOException {
    List<String> names = devices.stream().map(device -> device.ueid().text() + SUFFIX).toList();
    for (String name : directory.list(FOLDER, SUFFIX)) {
      if (!names.contains(name)) {
        directory.delete(FOLDER + "/" + name);
      }
    }
    for (Device device : devices) {
      directory.write(file(device.ueid()), StrictJson.writeIndented(device.toJson()));
    }
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
  public void enrol(Device device) throws IOException {
    throw readOnly();
  }

  @Override
  public Device change(Ueid ueid, Device.State state) throws IOException {
    throw readOnly();
  }

  @Override
  public void renewed(Ueid ueid, X509Certificate identity) throws IOException {
    throw readOnly();
  }

  @Override
  public void sawBoot(Ueid ueid, Device.BootCounts counts) throws IOException, Refusal {
    throw readOnly();
  }

  @Override
  public void issued(Ueid device, X509Certificate identity, Instant now) throws IOException {
    throw readOnly();
  }

  @Override
  public List<BigInteger> goodSerials(Ueid device, Instant now) throws IOException {
    throw readOnly();
  }

  private IOException readOnly() {
    return new IOException(directory.path(FOLDER) + " are copies, which nothing is changed in");
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
