// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The fleets that this author releases for: {@code fleets/TRUST-DOMAIN.json}. */
public final class KnownFleets {
  /** What a fleet's command key may say. */
  public static final Set<String> COMMANDS =
      Set.of("update", "rollback", "attest", "status", "cancel", Command.ROTATE);

  private static final String FOLDER = "fleets";
  private static final String SUFFIX = ".json";
  private static final String DESTRUCTIVE = "destructive-keys";
  private static final String PUBLIC = ".pub";
  private static final int MAX_KEY = 4 * 1024;

  private final SharedDirectory directory;

  public KnownFleets(SharedDirectory directory) {
    this.directory = directory;
  }

  /**
   * Keeps the keys of a fleet.
   *
   * @param replacing whether other keys of the same fleet may go for them
   * @throws ReleaseRefusal EXISTS
   */
  void keep(FleetKeys keys, boolean replacing) throws IOException, Refusal {
    String file = FOLDER + "/" + keys.trustDomain() + SUFFIX;
    Optional<byte[]> known = directory.find(file, FleetKeys.MAX_LENGTH);
    if (known.isPresent() && !replacing && !Arrays.equals(known.get(), keys.toJson())) {
      throw new ReleaseRefusal(
          ReleaseRefusal.Code.EXISTS,
          directory.path(file) + ": the fleet has other keys there; --replace takes these instead");
    }
    directory.write(file, keys.toJson());
  }

  /** All of them, by name. */
  public List<FleetKeys> all() throws IOException, Refusal {
    List<FleetKeys> fleets = new ArrayList<>();
    for (String name : directory.list(FOLDER, SUFFIX)) {
      String file = FOLDER + "/" + name;
      byte[] json = directory.read(file, FleetKeys.MAX_LENGTH);
      fleets.add(FleetKeys.read(json, directory.path(file).toString()));
    }
    return List.copyOf(fleets);
  }

  /**
   * Keeps a key that may give destructive commands, and those alone.
   *
   * @throws ReleaseRefusal SAME_KEY when it is a fleet's command key
   */
  void keepDestructive(StatementKey key) throws IOException, Refusal {
    for (FleetKeys fleet : all()) {
      if (fleet.commandKey().key().equals(key.key())) {
        throw new ReleaseRefusal(
            ReleaseRefusal.Code.SAME_KEY,
            "this is the command key of fleet "
                + fleet.trustDomain()
                + ", which lies on its server; destruction wants a key of its own");
      }
    }
    directory.write(
        DESTRUCTIVE + "/" + key.kid() + PUBLIC,
        Pem.ofPublicKey(key.key()).getBytes(StandardCharsets.US_ASCII));
  }

  /** What the policy says of who may command. */
  CommandKeys commandKeys() throws IOException, Refusal {
    List<CommandKeys.Entry> entries = new ArrayList<>();
    for (FleetKeys fleet : all()) {
      entries.add(new CommandKeys.Entry(fleet.commandKey(), COMMANDS));
    }
    for (String name : directory.list(DESTRUCTIVE, PUBLIC)) {
      String file = DESTRUCTIVE + "/" + name;
      String pem = new String(directory.read(file, MAX_KEY), StandardCharsets.US_ASCII);
      StatementKey key = StatementKey.of(Pem.publicKey(pem, directory.path(file).toString()));
      entries.add(new CommandKeys.Entry(key, Command.DESTRUCTIVE));
    }
    return new CommandKeys(entries);
  }

  /**
   * The device that a certificate names.
   *
   * @throws ReleaseRefusal UNKNOWN_DEVICE when no fleet known here has issued it
   */
  SpiffeId deviceOf(X509Certificate certificate) throws IOException, Refusal {
    SpiffeId device = SpiffeId.of(certificate);
    for (FleetKeys fleet : all()) {
      if (fleet.trustDomain().equals(device.trustDomain()) && fleet.hasIssued(certificate)) {
        return device;
      }
    }
    throw new ReleaseRefusal(
        ReleaseRefusal.Code.UNKNOWN_DEVICE,
        device.toUri() + ": its certificate is of no fleet that is known here");
  }
}
