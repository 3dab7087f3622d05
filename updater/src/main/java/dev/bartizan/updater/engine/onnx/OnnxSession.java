// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.bartizan.updater.engine.Allowance;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.ModelRefusal;
import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.engine.RunRefusal.Reason;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.engine.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A model in ONNX Runtime. */
final class OnnxSession implements Session {
  private static final int MAX_MESSAGE_LENGTH = 300;

  /** The code, and the place in the runtime's sources with the function's whole signature. */
  private static final Pattern SOURCE =
      Pattern.compile(
          "^Error code - \\w+ - message: (?:/\\S+:\\d+ .*?\\)(?: const)? (?=[A-Z\\[]))?");

  private final OrtEnvironment environment;
  private final RuntimeTexts texts;
  private final OrtSession session;
  private final Map<String, TensorSpec> inputs;
  private final Map<String, TensorSpec> outputs;

  private OnnxSession(
      OrtEnvironment environment,
      RuntimeTexts texts,
      OrtSession session,
      Map<String, TensorSpec> inputs,
      Map<String, TensorSpec> outputs) {
    this.environment = environment;
    this.texts = texts;
    this.session = session;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** Takes over the session: closes it when it cannot be served. */
  static OnnxSession of(OrtEnvironment environment, RuntimeTexts texts, OrtSession session)
      throws OrtException, ModelRefusal {
    try {
      Map<String, TensorSpec> inputs = specs(session.getInputInfo().values());
      refuseUnfeedable(inputs.values());
      return new OnnxSession(
          environment, texts, session, inputs, specs(session.getOutputInfo().values()));
    } catch (OrtException | ModelRefusal unservable) {
      session.close();
      throw unservable;
    }
  }

  @Override
  public Map<String, TensorSpec> inputs() {
    return inputs;
  }

  @Override
  public Map<String, TensorSpec> outputs() {
    return outputs;
  }

  @Override
  public Map<String, Tensor> infer(
      Map<String, Tensor> given, Set<String> wanted, Allowance allowance) throws RunRefusal {
    acceptInputs(given);
    acceptOutputs(wanted);
    Set<String> names = wanted.isEmpty() ? outputs.keySet() : wanted;
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    try {
      feed(given, fed);
      try (OrtSession.Result result = session.run(fed, names)) {
        return tensors(result, names, allowance);
      }
    } catch (OrtException failed) {
      throw new RunRefusal(
          Reason.MODEL_FAILED, "the model failed: " + firstLine(failed.getMessage()), failed);
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException bug) {
      throw new IllegalStateException("a session was closed that was not open", bug);
    }
  }

  /** The runtime's messages are for its developers: long, of several lines, and of its sources. */
  static String firstLine(@Nullable String message) {
    String line = String.valueOf(message).lines().findFirst().orElse("");
    line = SOURCE.matcher(line).replaceFirst("");
    return line.length() <= MAX_MESSAGE_LENGTH ? line : line.substring(0, MAX_MESSAGE_LENGTH);
  }

  private void acceptInputs(Map<String, Tensor> given) throws RunRefusal {
    for (Map.Entry<String, Tensor> input : given.entrySet()) {
      TensorSpec spec = inputs.get(input.getKey());
      if (spec == null) {
        throw new RunRefusal(Reason.UNKNOWN_INPUT, "there is no input '" + input.getKey() + "'");
      }
      spec.accept(input.getValue());
    }
    for (String name : inputs.keySet()) {
      if (!given.containsKey(name)) {
        throw new RunRefusal(Reason.MISSING_INPUT, "input '" + name + "' is missing");
      }
    }
  }

  private void acceptOutputs(Set<String> wanted) throws RunRefusal {
    for (String name : wanted) {
      if (!outputs.containsKey(name)) {
        throw new RunRefusal(Reason.UNKNOWN_OUTPUT, "there is no output '" + name + "'");
      }
    }
  }

  /** Fills {@code fed} as it goes, so that the caller closes what was made before a failure. */
  private void feed(Map<String, Tensor> given, Map<String, OnnxTensor> fed)
      throws OrtException, RunRefusal {
    for (Map.Entry<String, Tensor> input : given.entrySet()) {
      fed.put(input.getKey(), toRuntime(input.getKey(), input.getValue()));
    }
  }

  private OnnxTensor toRuntime(String name, Tensor tensor) throws OrtException, RunRefusal {
    long[] shape = tensor.shape().toArray();
    if (tensor instanceof Tensor.Texts given) {
      return texts.tensor(environment, name, given.elements(), shape);
    }
    Tensor.Numbers numbers = (Tensor.Numbers) tensor;
    return OnnxTensor.createTensor(
        environment,
        direct(numbers.content()),
        shape,
        RuntimeTypes.forInput(numbers.type()).orElseThrow(IllegalStateException::new));
  }

  /** The runtime takes heap buffers of every kind but bytes (it casts them: 1.29). */
  private static ByteBuffer direct(ByteBuffer content) {
    return content.isDirect()
        ? content
        : ByteBuffer.allocateDirect(content.remaining())
            .order(ByteOrder.nativeOrder())
            .put(content)
            .flip();
  }

  private Map<String, Tensor> tensors(
      OrtSession.Result result, Set<String> names, Allowance allowance)
      throws OrtException, RunRefusal {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : outputs.keySet()) {
      if (names.contains(name)) {
        OnnxValue value = result.get(name).orElseThrow(IllegalStateException::new);
        tensors.put(name, fromRuntime(name, (OnnxTensor) value, allowance));
      }
    }
    return Collections.unmodifiableMap(tensors);
  }

  private Tensor fromRuntime(String name, OnnxTensor tensor, Allowance allowance)
      throws OrtException, RunRefusal {
    Shape shape = Shape.of(tensor.getInfo().getShape());
    Datatype type =
        RuntimeTypes.datatypeOf(tensor.getInfo().onnxType).orElseThrow(IllegalStateException::new);
    if (type == Datatype.BYTES) {
      return new Tensor.Texts(shape, texts.texts(tensor, name, allowance));
    }
    allowance.reserve(type.byteLength(shape.elements()));
    return new Tensor.Numbers(type, shape, tensor.getByteBuffer());
  }

  private static Map<String, TensorSpec> specs(Collection<NodeInfo> nodes) throws ModelRefusal {
    Map<String, TensorSpec> specs = new LinkedHashMap<>();
    for (NodeInfo node : nodes) {
      specs.put(node.getName(), RuntimeTypes.specOf(node));
    }
    return Collections.unmodifiableMap(specs);
  }

  private static void refuseUnfeedable(Collection<TensorSpec> inputs) throws ModelRefusal {
    for (TensorSpec input : inputs) {
      if (RuntimeTypes.forInput(input.datatype()).isEmpty()) {
        throw new ModelRefusal(
            "input '" + input.name() + "' is " + input.datatype() + ", which cannot be handed in");
      }
    }
  }
}
