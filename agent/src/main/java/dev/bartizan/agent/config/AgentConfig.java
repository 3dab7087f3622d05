// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.bartizan.agent.system.MemoryProtection;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.updater.fetch.DataBudget;
import dev.bartizan.updater.fetch.FetchPolicy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where things are on this device ({@code /etc/bartizan/agent.toml}).
 *
 * @param file where this was read from
 * @param device the device's place and profile
 * @param keystore which hardware holds the keys, and which boot state they want
 * @param memory how keys and weights are kept in memory
 * @param repository where content comes from
 * @param fleet whom the device talks to
 * @param serve where local applications find their models
 * @param versions how long versions are tried and kept
 */
public record AgentConfig(
    Path file,
    Device device,
    Keystore keystore,
    Memory memory,
    Repository repository,
    Fleet fleet,
    Serve serve,
    Versions versions) {

  /** Used when no {@code --config} is given. */
  public static final Path DEFAULT_FILE = Path.of("/etc/bartizan/agent.toml");

  private static final long MAX_LENGTH = 256 * 1024;

  /**
   * The device itself.
   *
   * @param stateDirectory everything durable; belongs to the agent alone
   * @param profile the hardware profile whose reference values apply
   * @param bootLogs what firmware and systemd measured: compared with reference values, and sent
   *     with evidence
   */
  public record Device(Path stateDirectory, String profile, LogFiles bootLogs) {}

  /**
   * The keystore.
   *
   * @param backend what holds the keys
   * @param bootPcrs the boot state that is compared with reference values and quoted
   * @param agentPcrs where the agent measures itself and every model it loads: the first of them
   *     that the boot has left at its start value
   */
  public record Keystore(KeystoreBackend backend, PcrSelection bootPcrs, List<Integer> agentPcrs) {
    public Keystore {
      agentPcrs = List.copyOf(agentPcrs);
    }
  }

  /**
   * Memory for keys and weights.
   *
   * @param secrets what it must be at the least
   * @param refusesSwap whether models are opened only where memory cannot be swapped to a disk
   */
  public record Memory(MemoryProtection secrets, boolean refusesSwap) {}

  /**
   * The content repository.
   *
   * @param url any static HTTP(S) server, ending in {@code /}
   * @param trustRoot the pinned first root of all trust
   * @param checkEvery how often to look for new metadata
   * @param delivery what the link bears
   */
  public record Repository(URI url, Path trustRoot, Duration checkEvery, Delivery delivery) {}

  /**
   * How payloads are fetched.
   *
   * @param mirrors other servers with the same files, asked when the first does not do
   * @param proxy an HTTP proxy for all of them
   * @param fetch rates; the rest of it is not for configuration
   * @param budget what payloads may cost
   */
  public record Delivery(
      List<URI> mirrors,
      Optional<InetSocketAddress> proxy,
      FetchPolicy fetch,
      DataBudget.Limits budget) {
    public Delivery {
      mirrors = List.copyOf(mirrors);
    }
  }

  /**
   * The fleet's servers.
   *
   * @param trustAnchors certificates that the broker's and the enrolment server's must lead to
   * @param broker {@code ssl://HOST:PORT}; none leaves the device to its own and to local commands
   * @param server {@code https://HOST:PORT}, where certificates are renewed and evidence is shown;
   *     none leaves a device with those it has
   * @param reportEvery how often evidence is shown there when nothing changes
   * @param groups whose commands this device obeys besides its own
   */
  public record Fleet(
      Path trustAnchors,
      Optional<URI> broker,
      Optional<URI> server,
      Duration reportEvery,
      Set<String> groups) {
    public Fleet {
      groups = Set.copyOf(groups);
    }
  }

  /**
   * Local sockets.
   *
   * @param inferenceSocket for applications
   * @param controlSocket for {@code bartizan} commands; readable by the agent's user alone
   * @param loopbackPort TCP on 127.0.0.1 beside the socket, on request
   * @param maxRequestBytes the largest inference request
   * @param threads of the model runtime; 0 lets it choose
   */
  public record Serve(
      Path inferenceSocket,
      Path controlSocket,
      Optional<Integer> loopbackPort,
      long maxRequestBytes,
      int threads) {}

  /**
   * Versions of models and of the agent.
   *
   * @param previousKept how many earlier releases of a model stay on the device
   * @param softwareTrial how long a version of the agent may take to show that it is healthy
   */
  public record Versions(int previousKept, Duration softwareTrial) {}

  /**
   * Reads and checks the file.
   *
   * @throws ConfigRefusal naming the file and the key at fault
   * @throws IOException when the file cannot be read
   */
  @TouchesTheWorld("reads the configuration file, once")
  public static AgentConfig read(Path file) throws IOException, ConfigRefusal {
    if (!Files.isRegularFile(file)) {
      throw new ConfigRefusal(file.toString(), "there is no such file");
    }
    if (Files.size(file) > MAX_LENGTH) {
      throw new ConfigRefusal(file.toString(), "is longer than " + MAX_LENGTH + " bytes");
    }
    return parse(file.toString(), text(file));
  }

  @TouchesTheWorld("reads the configuration file, once")
  private static String text(Path file) throws IOException, ConfigRefusal {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException notText) {
      throw new ConfigRefusal(file.toString(), "is not UTF-8", notText);
    }
  }

  /** Parses the text of {@code file}. */
  static AgentConfig parse(String file, String toml) throws ConfigRefusal {
    ConfigTable root = new ConfigTable(file, "", tree(file, toml));
    AgentConfig config =
        new AgentConfig(
            Path.of(file),
            device(root.table("device")),
            keystore(root.table("keystore")),
            memory(root.table("memory")),
            repository(root.table("repository")),
            fleet(root.table("fleet")),
            serve(root.table("serve")),
            versions(root.table("versions")));
    root.refuseUnknownKeys();
    return config;
  }

  /** The files that people put on the device. */
  public List<Path> providedFiles() {
    return List.of(file, repository.trustRoot(), fleet.trustAnchors());
  }

  private static JsonNode tree(String file, String toml) throws ConfigRefusal {
    try {
      return new TomlMapper().readTree(toml);
    } catch (JacksonException notToml) {
      String where =
          notToml.getLocation() == null ? "" : "line " + notToml.getLocation().getLineNr() + ": ";
      throw new ConfigRefusal(file, where + notToml.getOriginalMessage(), notToml);
    }
  }

  private static Device device(ConfigTable table) throws ConfigRefusal {
    Device device =
        new Device(
            table.path("state_directory", "/var/lib/bartizan"),
            table.text("profile", "default"),
            new LogFiles(
                table.path("event_log", "/sys/kernel/security/tpm0/binary_bios_measurements"),
                table.path("userspace_log", "/run/log/systemd/tpm2-measure.log")));
    table.refuseUnknownKeys();
    return device;
  }

  private static Keystore keystore(ConfigTable table) throws ConfigRefusal {
    KeystoreBackend backend = KeystoreBackend.read(table);
    // Without PCRs nothing is bound to them, and keys that speak of them are refused as unknown.
    ConfigTable bound = backend.kind().attests() ? table : ConfigTable.empty();
    Keystore keystore =
        new Keystore(
            backend,
            pcrs(bound, "boot_pcrs", "sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"),
            AgentPcrs.read(bound, backend));
    table.refuseUnknownKeys();
    return keystore;
  }

  private static Memory memory(ConfigTable table) throws ConfigRefusal {
    Memory memory =
        new Memory(
            table.choice("secrets", MemoryProtection.ORDINARY, MemoryProtection::text),
            table.choice("swap", OnSwap.WARN, OnSwap::text) == OnSwap.REFUSE);
    table.refuseUnknownKeys();
    return memory;
  }

  /** What becomes of models where memory may be swapped to a disk. */
  private enum OnSwap {
    WARN,
    REFUSE;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static PcrSelection pcrs(ConfigTable table, String key, String otherwise) throws ConfigRefusal {
    try {
      return PcrSelection.parse(table.text(key, otherwise));
    } catch (IllegalArgumentException notASelection) {
      throw table.refusal(key, "is not a selection of PCRs, as sha256:0,2,7", notASelection);
    }
  }

  private static Versions versions(ConfigTable table) throws ConfigRefusal {
    Versions versions =
        new Versions(
            (int) table.number("previous_kept", 2, 1, 100),
            Duration.ofSeconds(table.number("software_trial_seconds", 600, 5, 24 * 3600)));
    table.refuseUnknownKeys();
    return versions;
  }

  private static Repository repository(ConfigTable table) throws ConfigRefusal {
    Repository repository =
        new Repository(
            ServerAddress.base(table, "url", table.text("url")),
            table.path("trust_root", "/etc/bartizan/root.json"),
            Duration.ofSeconds(table.number("check_every_seconds", 3600, 1, 30L * 24 * 3600)),
            DeliveryTable.read(table));
    table.refuseUnknownKeys();
    return repository;
  }

  private static Fleet fleet(ConfigTable table) throws ConfigRefusal {
    Fleet fleet =
        new Fleet(
            table.path("trust_anchors", "/etc/bartizan/fleet-ca.pem"),
            server(table, "broker", "ssl"),
            server(table, "server", "https"),
            Duration.ofSeconds(table.number("report_every_seconds", 3600, 10, 30L * 24 * 3600)),
            table.names("groups"));
    table.refuseUnknownKeys();
    return fleet;
  }

  private static Optional<URI> server(ConfigTable table, String key, String scheme)
      throws ConfigRefusal {
    Optional<String> text = table.findText(key);
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(ServerAddress.withPort(table, key, text.get(), scheme));
  }

  private static Serve serve(ConfigTable table) throws ConfigRefusal {
    long port = table.number("loopback_port", 0, 0, 65535);
    Serve serve =
        new Serve(
            table.path("inference_socket", "/run/bartizan/inference.sock"),
            table.path("control_socket", "/run/bartizan/control.sock"),
            port == 0 ? Optional.empty() : Optional.of((int) port),
            table.number("max_request_bytes", 64L << 20, 1024, 1L << 31),
            (int) table.number("threads", 0, 0, 1024));
    table.refuseUnknownKeys();
    return serve;
  }
}
