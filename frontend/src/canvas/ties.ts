import type { Attributes } from "graphology-types";
import { EdgeProgram, type EdgeProgramType } from "sigma/rendering";
import type { EdgeDisplayData, NodeDisplayData, RenderParams } from "sigma/types";
import { floatColor } from "sigma/utils";

/** TieData is a link as sigma hands it on, with what this program draws besides. */
export type TieData = EdgeDisplayData & {
  readonly dashed: boolean;
  readonly arrow: boolean;
  /** 0 to 1: how much of the colour is left. */
  readonly presence: number;
};

// One rectangle per tie, wide enough for an arrow head. Everything is reckoned in pixels, so that dashes and
// heads keep their size at every zoom.
const vertex = /* glsl */ `
attribute vec2 a_corner;
attribute vec2 a_from;
attribute vec2 a_to;
attribute vec2 a_radii;
attribute vec4 a_style; // width, dashed, arrow, presence
attribute vec4 a_color;
attribute vec4 a_id;

uniform mat3 u_matrix;
uniform vec2 u_view;
uniform float u_sizeRatio;

varying vec4 v_color;
varying vec2 v_at;
varying vec2 v_span;
varying vec4 v_style;

const float bias = 255.0 / 254.0;

void main() {
  vec2 from = (u_matrix * vec3(a_from, 1.0)).xy * 0.5 * u_view;
  vec2 to = (u_matrix * vec3(a_to, 1.0)).xy * 0.5 * u_view;
  float whole = max(length(to - from), 0.001);
  vec2 along = (to - from) / whole;
  vec2 across = vec2(-along.y, along.x);

  float width = max(a_style.x / sqrt(u_sizeRatio), 0.8);
  float reach = max(width, a_style.z * (width + 4.0)) + 1.0;
  vec2 at = from + along * whole * a_corner.x + across * reach * a_corner.y;
  gl_Position = vec4(at * 2.0 / u_view, 0.0, 1.0);

  v_at = vec2(whole * a_corner.x, reach * a_corner.y);
  v_span = vec2(a_radii.x / u_sizeRatio, whole - a_radii.y / u_sizeRatio - 2.0);
  v_style = vec4(width, a_style.yzw);
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_color.a *= bias;
}
`;

const fragment = /* glsl */ `
precision highp float;

uniform float u_pixelRatio;

varying vec4 v_color;
varying vec2 v_at;
varying vec2 v_span;
varying vec4 v_style;

void main() {
  float width = v_style.x;
  float head = v_style.z * (7.0 + 1.5 * width);
  float shaft_end = v_span.y - head;
  float soft = 0.75 / u_pixelRatio;

  float body = 1.0 - smoothstep(width * 0.5 - soft, width * 0.5 + soft, abs(v_at.y));
  if (v_at.x > (head > 0.0 ? shaft_end + 1.0 : v_span.y + 2.0)) body = 0.0;

  // A mark of paper in every dash, counted from the middle so that both ends look alike.
  float period = 6.0 + 2.0 * width;
  float phase = abs(mod(v_at.x - (v_span.x + v_span.y) * 0.5 + period * 0.25, period) - period * 0.5);
  if (v_style.y > 0.5) body *= smoothstep(-soft, soft, phase - period * 0.25);

  float tip = 0.0;
  if (head > 0.0 && v_at.x > shaft_end && v_at.x < v_span.y) {
    float half_width = (v_span.y - v_at.x) / head * (width * 0.5 + 3.2);
    tip = 1.0 - smoothstep(half_width - soft, half_width + soft, abs(v_at.y));
  }

  float cover = max(body, tip);
  #ifdef PICKING_MODE
  gl_FragColor = cover > 0.5 ? v_color : vec4(0.0);
  #else
  float alpha = v_color.a * v_style.w * cover;
  gl_FragColor = vec4(v_color.rgb * alpha, alpha);
  #endif
}
`;

const uniforms = ["u_matrix", "u_view", "u_sizeRatio", "u_pixelRatio"] as const;

/** TieProgram draws ties: weight by strength, dashed when only claimed, an arrow where direction means something. */
export const TieProgram = class extends EdgeProgram<
  (typeof uniforms)[number],
  Attributes,
  Attributes,
  Attributes
> {
  override getDefinition() {
    const { FLOAT, UNSIGNED_BYTE, TRIANGLE_STRIP } = WebGL2RenderingContext;
    return {
      VERTICES: 4,
      VERTEX_SHADER_SOURCE: vertex,
      FRAGMENT_SHADER_SOURCE: fragment,
      METHOD: TRIANGLE_STRIP,
      UNIFORMS: uniforms,
      ATTRIBUTES: [
        { name: "a_from", size: 2, type: FLOAT },
        { name: "a_to", size: 2, type: FLOAT },
        { name: "a_radii", size: 2, type: FLOAT },
        { name: "a_style", size: 4, type: FLOAT },
        { name: "a_color", size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: "a_id", size: 4, type: UNSIGNED_BYTE, normalized: true },
      ],
      CONSTANT_ATTRIBUTES: [{ name: "a_corner", size: 2, type: FLOAT }],
      CONSTANT_DATA: [
        [0, -1],
        [1, -1],
        [0, 1],
        [1, 1],
      ],
    };
  }

  override processVisibleItem(
    index: number,
    start: number,
    from: NodeDisplayData,
    to: NodeDisplayData,
    data: EdgeDisplayData,
  ) {
    const { dashed, arrow, presence } = data as TieData;
    this.array.set(
      [
        from.x,
        from.y,
        to.x,
        to.y,
        from.size,
        to.size,
        data.size,
        dashed ? 1 : 0,
        arrow ? 1 : 0,
        presence,
        floatColor(data.color),
        index,
      ],
      start,
    );
  }

  override setUniforms(
    params: RenderParams,
    {
      gl,
      uniformLocations: at,
    }: {
      gl: WebGLRenderingContext;
      uniformLocations: Record<(typeof uniforms)[number], WebGLUniformLocation>;
    },
  ) {
    gl.uniformMatrix3fv(at.u_matrix, false, params.matrix);
    gl.uniform2f(at.u_view, params.width, params.height);
    gl.uniform1f(at.u_sizeRatio, params.sizeRatio);
    gl.uniform1f(at.u_pixelRatio, params.pixelRatio);
  }
} as unknown as EdgeProgramType;
