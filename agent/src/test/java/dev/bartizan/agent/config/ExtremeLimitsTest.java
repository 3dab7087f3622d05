// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.http.LocalClient;
import dev.bartizan.agent.serve.http.LocalServer;
import dev.bartizan.agent.serve.http.ServerOptions;
import dev.bartizan.agent.serve.oip.InferenceRoute;
import dev.bartizan.updater.disk.ScratchDisk;
import dev.bartizan.updater.engine.onnx.OnnxRuntime;
import dev.bartizan.updater.fetch.DataBudget;
import dev.bartizan.updater.fetch.Download;
import dev.bartizan.updater.fetch.FetchProgress;
import dev.bartizan.updater.fetch.Mirror;
import dev.bartizan.updater.fetch.OverBudget;
import dev.bartizan.updater.fetch.ResumableFile;
import dev.bartizan.updater.fetch.Transport;
import dev.bartizan.updater.golden.Samples;
import dev.bartizan.updater.install.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every number that a configuration can have, at what numbers can be at most and at least: it is
 * refused by the name of its key, which ends the daemon with exit code 2, or what is made of it
 * works.
 */
class ExtremeLimitsTest {
  private static final List<BigInteger> EXTREMES =
      List.of(
          BigInteger.ZERO,
          BigInteger.ONE,
          BigInteger.valueOf(Integer.MAX_VALUE),
          BigInteger.valueOf(Long.MAX_VALUE),
          BigInteger.ONE.negate(),
          BigInteger.valueOf(Integer.MIN_VALUE),
          BigInteger.valueOf(Long.MIN_VALUE),
          // What is left of it in 64 bits is 2000, and within all bounds.
          BigInteger.ONE.shiftLeft(64).add(BigInteger.valueOf(2000)));

  private static final List<String> NUMBERS =
      List.of(
          "repository.check_every_seconds",
          "repository.daily_bytes",
          "repository.rollout_bytes",
          "repository.slowest_bytes_per_second",
          "repository.fastest_bytes_per_second",
          "fleet.report_every_seconds",
          "serve.loopback_port",
          "serve.max_request_bytes",
          "serve.threads",
          "versions.previous_kept",
          "versions.software_trial_seconds",
          "keystore.slot",
          "keystore.agent_pcr");

  private static final byte[] FILE = new byte[3000];
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

  @TempDir private Path folder;

  @Test
  void eachIsRefusedByNameOrWorks() throws Exception {
    for (String key : NUMBERS) {
      int taken = 0;
      for (BigInteger extreme : EXTREMES) {
        taken += works(key, extreme.toString()) ? 1 : 0;
      }
      assertTrue(taken < EXTREMES.size(), key + " takes anything");
    }
  }

  @Test
  void whatIsJustInsideTheBoundsWorksAndJustOutsideIsRefused() throws Exception {
    List<List<Object>> bounds =
        List.of(
            List.of("repository.check_every_seconds", 1L, 30L * 24 * 3600),
            List.of("repository.daily_bytes", 0L, 1L << 50),
            List.of("repository.rollout_bytes", 0L, 1L << 50),
            List.of("repository.slowest_bytes_per_second", 0L, 1L << 40),
            List.of("repository.fastest_bytes_per_second", 2048L, 1L << 40),
            List.of("fleet.report_every_seconds", 10L, 30L * 24 * 3600),
            List.of("serve.loopback_port", 0L, 65535L),
            List.of("serve.max_request_bytes", 1024L, 1L << 31),
            List.of("serve.threads", 0L, 1024L),
            List.of("versions.previous_kept", 1L, 100L),
            List.of("versions.software_trial_seconds", 5L, 24L * 3600));
    for (List<Object> bound : bounds) {
      String key = (String) bound.get(0);
      long least = (Long) bound.get(1);
      long most = (Long) bound.get(2);
      assertTrue(works(key, Long.toString(least)), key + " " + least);
      assertTrue(works(key, Long.toString(most)), key + " " + most);
      assertEquals(false, works(key, Long.toString(least - 1)), key + " " + (least - 1));
      assertEquals(false, works(key, Long.toString(most + 1)), key + " " + (most + 1));
    }
  }

  /** Whether it is taken; what is made of it has worked then. */
  private boolean works(String key, String value) throws Exception {
    AgentConfig config;
    try {
      config = AgentConfig.parse("agent.toml", file(key, value));
    } catch (ConfigRefusal refused) {
      String why = String.valueOf(refused.getMessage());
      assertTrue(why.startsWith("agent.toml: " + key + " "), why + " for " + value);
      return false;
    }
    AgentConfig.Delivery delivery = config.repository().delivery();
    switch (key) {
      case "repository.daily_bytes", "repository.rollout_bytes" -> spend(delivery);
      case "repository.slowest_bytes_per_second", "repository.fastest_bytes_per_second" ->
          fetch(delivery);
      case "serve.max_request_bytes" -> serve(config.serve().maxRequestBytes());
      case "serve.threads" -> OnnxRuntime.open(config.serve().threads());
      case "versions.previous_kept" ->
          assertTrue(
              new Limits(Limits.DEFAULT.starts(), config.versions().previousKept()).previousKept()
                  > 0);
      case "versions.software_trial_seconds" -> assertLater(config.versions().softwareTrial());
      case "repository.check_every_seconds" -> assertLater(config.repository().checkEvery());
      case "fleet.report_every_seconds" -> assertLater(config.fleet().reportEvery());
      case "keystore.slot" ->
          assertEquals(
              value, Integer.toString(((KeystoreBackend.Pkcs11) backend(config)).module().slot()));
      case "keystore.agent_pcr" ->
          assertTrue(config.keystore().agentPcrs().stream().allMatch(pcr -> pcr < 24));
      case "serve.loopback_port" -> assertTrue(config.serve().loopbackPort().orElse(1) > 0, value);
      default -> throw new AssertionError(key);
    }
    return true;
  }

  private static KeystoreBackend backend(AgentConfig config) {
    return config.keystore().backend();
  }

  private static String file(String key, String value) {
    String table = key.substring(0, key.indexOf('.'));
    String line = key.substring(key.indexOf('.') + 1) + " = " + value + "\n";
    StringBuilder file = new StringBuilder("[repository]\nurl = \"http://updates.example/\"\n");
    if (!table.equals("repository")) {
      file.append('[').append(table).append("]\n");
    }
    if (key.equals("keystore.slot")) {
      file.append("kind = \"pkcs11\"\nmodule = \"/m.so\"\npin_file = \"/pin\"\n");
    }
    return file.append(line).toString();
  }

  /** What is waited that long for has a time, from any clock's present on. */
  private static void assertLater(Duration wait) {
    assertTrue(Instant.parse("2100-01-01T00:00:00Z").plus(wait).isAfter(Instant.EPOCH));
    assertTrue(System.nanoTime() + wait.toNanos() - System.nanoTime() > 0);
  }

  /** As much as may be spent, and no byte more. */
  private static void spend(AgentConfig.Delivery delivery) throws Exception {
    DataBudget budget = DataBudget.open(new ScratchDisk(), delivery.budget(), CLOCK);
    budget.spendFor("defect");
    long available = budget.available();
    assertTrue(available > 0);
    if (available == Long.MAX_VALUE) {
      budget.spend(1);
      assertEquals(Long.MAX_VALUE, budget.available());
    } else {
      budget.spend(available);
      assertThrows(OverBudget.class, budget::available);
    }
    budget.settle();
  }

  private static void fetch(AgentConfig.Delivery delivery) throws Exception {
    new Random(1).nextBytes(FILE);
    Transport server =
        (path, offset, count) ->
            new Transport.Response(
                offset == 0 ? 200 : 206,
                offset,
                OptionalLong.of(FILE.length),
                new ByteArrayInputStream(
                    Arrays.copyOfRange(FILE, Math.toIntExact(offset), FILE.length)));
    List<Duration> pauses = new ArrayList<>();
    Memory memory = new Memory();
    new Download(
            List.of(new Mirror("", server)),
            delivery.fetch(),
            DataBudget.open(new ScratchDisk(), delivery.budget(), CLOCK),
            CLOCK,
            new Random(1),
            pauses::add)
        .fetch("artifacts/a", FILE.length, memory, FetchProgress.NONE);
    assertArrayEquals(FILE, memory.content.toByteArray());
    assertTrue(pauses.stream().noneMatch(Duration::isNegative));
  }

  /** Requests of both kinds, small and sent in pieces, are answered. */
  private void serve(long limit) throws Exception {
    Path socket = folder.resolve(limit + ".sock");
    ModelService models = new ModelService(() -> Set.of("scale"), System::nanoTime);
    models.activate("scale", "1", Samples.scale(1));
    try (LocalServer server =
        new LocalServer(
            ServerOptions.on(socket), List.of(new InferenceRoute(models, "0.1.0", limit)))) {
      server.start();
      LocalClient client = new LocalClient(socket);
      String row =
          """
          {"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}]}\
          """;
      byte[] small = row.getBytes(StandardCharsets.UTF_8);
      byte[] padded = (row + " ".repeat(1 << 20)).getBytes(StandardCharsets.UTF_8);
      assertEquals(200, client.post("/v2/models/scale/infer", small).status());
      int large = client.post("/v2/models/scale/infer", padded).status();
      assertEquals(padded.length <= limit ? 200 : 413, large, "limit " + limit);
      assertEquals(200, client.post("/v2/models/scale/infer", small).status());
    } finally {
      models.close();
    }
  }

  private static final class Memory implements ResumableFile {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    @Override
    public long size() {
      return content.size();
    }

    @Override
    public void append(ByteBuffer piece) {
      byte[] bytes = new byte[piece.remaining()];
      piece.get(bytes);
      content.writeBytes(bytes);
    }

    @Override
    public void checkpoint() {}

    @Override
    public void restart() {
      content.reset();
    }

    @Override
    public void finish() {}
  }
}
